import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAwsStandIn } from '../support/operator/aws-stand-in.ts';
import { OperatorProject } from '../support/operator/operator-project.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');
const [, first = ''] = /^## From an empty account to the first image$(.*?)^## /ms.exec(text) ?? [];
/** The commands of the steps, in their order, and of the texts below. */
const commands = [...first.matchAll(/`((?:npm|npx|git) [^`]+)`/g)].map(([, command = '']) => command);

const SMOKE = 'npm run negatoscope -- smoke --url <Url>';

const NO_STACK = new Error('ValidationError: Stack with id Negatoscope-prod-Data does not exist');
const STACK =
  '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>UserPoolId</OutputKey><OutputValue>pool</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>';

let aws: Awaited<ReturnType<typeof startAwsStandIn>>;
let project: OperatorProject;
/** A service that is not there yet: the smoke test must say so. */
const service = createServer((_request, response) => response.writeHead(404).end('{}'));
beforeAll(async () => {
  const isDeployed = () => project.cdkCalls.some(([command]) => command === 'deploy');
  aws = await startAwsStandIn({
    GetCallerIdentity: () =>
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    GetParameters: () => ({ InvalidParameters: [] }),
    // CDK's bootstrap stack has it once `cdk bootstrap` was called.
    GetParameter: () =>
      project.cdkCalls.some(([command]) => command === 'bootstrap')
        ? { Parameter: { Value: '30' } }
        : new Error('ParameterNotFound: '),
    'GET /2016-08-19/account-settings': () => ({ AccountLimit: { ConcurrentExecutions: 1000 } }),
    'GET /2020-05-31/distribution': () => '<DistributionList><Quantity>0</Quantity></DistributionList>',
    DescribeStacks: () => (isDeployed() ? STACK : NO_STACK),
    GetTemplate: () => NO_STACK,
    ListUsersInGroup: () => ({ Users: [] }),
    AdminCreateUser: () => ({}),
    AdminAddUserToGroup: () => ({}),
  });
  project = new OperatorProject(aws.environment);
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  aws.close();
  service.close();
  project.delete();
});

describe('The commands of the deployment document', () => {
  test('are those that this file runs, the installation, and the end', () => {
    expect(commands.filter((command) => !RUN.some(([run]) => run === command))).toEqual([
      'npm ci',
      SMOKE,
      'git fetch --tags && git checkout v<version> && npm ci && npm run deploy',
      'npx cdk destroy Negatoscope-prod-Monitoring Negatoscope-prod',
    ]);
  });

  // In the order of the document.
  const RUN: [command: string, expected: RegExp][] = [
    ['npx cdk bootstrap', /^$/],
    ['npm run negatoscope -- preflight', /Next: npm run deploy/],
    ['npm run deploy', /> node bin\/deploy\.ts/],
    ['npm run negatoscope -- first-admin --email you@clinic.example', /you is an admin/],
    ['npm run deploy -- -- --no-rollback', /deploy\.ts/],
  ];
  test.each(RUN)('%s', async (command, expected) => {
    expect(commands).toContain(command);
    const { code, stdout, stderr } = await project.run(command);
    expect([stderr, code]).toEqual([expect.not.stringContaining('Error'), 0]);
    expect(stdout).toMatch(expected);
  });

  test(SMOKE, async () => {
    const { port } = service.address() as AddressInfo;
    const { code, stderr } = await project.run(SMOKE.replace('<Url>', `http://127.0.0.1:${port}`), {
      NEGATOSCOPE_TOKEN: 'token',
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('The service answered 404')]);
  });

  test('reach CDK in the order of the steps', () => {
    expect(project.cdkCalls.map(([command]) => command)).toEqual([
      'bootstrap',
      'synth',
      'deploy',
      'synth',
      'deploy',
    ]);
  });
});
