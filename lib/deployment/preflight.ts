import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, GetParametersCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../stack/settings.ts';
import { stackNames } from '../stack/stack-names.ts';

/** What is wrong with the account, and what to do. */
export class Obstacle extends Error {
  override readonly name = 'Obstacle';
}

interface Check {
  what: string;
  /** @returns what it found. It throws an `Obstacle` that says what to do. */
  run(): Promise<string>;
}

/** The AWS services that the stacks use, as `/aws/service/global-infrastructure` names them. */
const SERVICES = [
  'apigateway',
  'cognito-idp',
  'dynamodb',
  'events',
  'kms',
  'lambda',
  'logs',
  's3',
  'secretsmanager',
  'sns',
  'sqs',
  'xray',
];
/** The most names in one request (Systems Manager API reference, "GetParameters"). */
const NAMES_AT_ONCE = 10;

/** The bootstrap stack of CDK that the synthesized templates ask for. */
const BOOTSTRAP_VERSION = 6;

/** The states of a stack that can't be updated: its creation failed, or nothing but its deletion is possible. */
const UNUSABLE = /^(CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED|REVIEW_IN_PROGRESS)$/;

/** What an account needs before the first deployment of a stage. Each check only reads. */
export function checksOf(stage: string, { concurrency, scan }: Settings): Check[] {
  return [
    { what: 'credentials', run: callerIdentity },
    { what: 'services in the region', run: () => services(scan ? [...SERVICES, 'guardduty'] : SERVICES) },
    { what: 'CDK bootstrap', run: bootstrap },
    { what: 'Lambda concurrency', run: () => lambdaConcurrency(concurrency) },
    { what: 'CloudFront', run: cloudFront },
    { what: 'stacks', run: () => stacks(stage) },
  ];
}

async function callerIdentity(): Promise<string> {
  const { Account, Arn } = await new STSClient().send(new GetCallerIdentityCommand());
  return `account ${Account}, ${Arn}`;
}

async function services(wanted: readonly string[]): Promise<string> {
  const client = new SSMClient();
  const region = await client.config.region();
  const missing: string[] = [];
  for (let at = 0; at < wanted.length; at += NAMES_AT_ONCE) {
    const Names = wanted
      .slice(at, at + NAMES_AT_ONCE)
      .map((name) => `/aws/service/global-infrastructure/regions/${region}/services/${name}`);
    const { InvalidParameters = [] } = await client.send(new GetParametersCommand({ Names }));
    missing.push(...InvalidParameters.map((name) => name.split('/').at(-1) ?? name));
  }
  if (missing.length > 0)
    throw new Obstacle(`${region} has no ${missing.join(', ')}: choose another region (AWS_REGION).`);
  return `${region} has all ${wanted.length}`;
}

async function bootstrap(): Promise<string> {
  const Name = '/cdk-bootstrap/hnb659fds/version';
  const version = await new SSMClient().send(new GetParameterCommand({ Name })).then(
    ({ Parameter }) => Number(Parameter?.Value),
    (error) => {
      if (error instanceof ParameterNotFound) return 0;
      throw error;
    },
  );
  if (version < BOOTSTRAP_VERSION)
    throw new Obstacle(
      `CDK's bootstrap stack has version ${version} of at least ${BOOTSTRAP_VERSION}: run npx cdk bootstrap.`,
    );
  return `version ${version}`;
}

async function lambdaConcurrency(expected: number): Promise<string> {
  const { AccountLimit } = await new LambdaClient().send(new GetAccountSettingsCommand());
  const found = AccountLimit?.ConcurrentExecutions ?? 0;
  if (found < expected)
    throw new Obstacle(
      `The account runs ${found} functions at once, and the setting concurrency expects ${expected}: set it to ${found}, and ask for more in the console of Service Quotas (Lambda, "Concurrent executions").`,
    );
  return `${found} functions at once`;
}

async function cloudFront(): Promise<string> {
  const { DistributionList } = await new CloudFrontClient().send(
    new ListDistributionsCommand({ MaxItems: 1 }),
  );
  return `readable${DistributionList?.Quantity ? '' : '; if AWS never verified the account for it, the deployment says so, and support does it within a day'}`;
}

async function stacks(stage: string): Promise<string> {
  const client = new CloudFormationClient();
  const states = await Promise.all(
    Object.values(stackNames(stage)).map(async (StackName) => {
      try {
        const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
        return { StackName, state: Stacks[0]?.StackStatus ?? '' };
      } catch (error) {
        if (error instanceof Error && /does not exist$/.test(error.message)) return { StackName, state: '' };
        throw error;
      }
    }),
  );
  for (const { StackName, state } of states) {
    if (UNUSABLE.test(state))
      throw new Obstacle(
        `${StackName} is in the state ${state}: delete it in the console of CloudFormation first.`,
      );
  }
  return states.map(({ StackName, state }) => `${StackName} ${state || 'is new'}`).join(', ');
}
