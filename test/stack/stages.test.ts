import { beforeAll, describe, expect, test } from 'vitest';
import { synthesizeTemplate } from '../support/synthesize-template.ts';
import { EVERY_SETTING } from './every-setting.ts';

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation has no types
type Resource = { Type: string; DeletionPolicy?: string; Properties: any };
type Stack = { Resources: Record<string, Resource>; Outputs?: Record<string, { Export?: unknown }> };

const stacksOf = (settings: unknown, stage?: string) => {
  const { templates } = synthesizeTemplate(settings, { stage });
  const [data, service, monitoring] = Object.values(templates) as [Stack, Stack, Stack];
  return { data, service, monitoring };
};
const resourcesOf = (stack: Stack, type: RegExp) =>
  Object.entries(stack.Resources).filter(([, { Type }]) => type.test(Type));
/** What a clinic must not lose. */
const STATEFUL = /^AWS::(DynamoDB::|KMS::Key|Cognito::UserPool$|SQS::Queue$|S3::Bucket$)/;

let plain: ReturnType<typeof stacksOf>;
let full: ReturnType<typeof stacksOf>;
beforeAll(() => {
  plain = stacksOf({});
  full = stacksOf(EVERY_SETTING);
});

test('Tables, queues, keys, people and images are in the data stack; the other has the page and a log', () => {
  expect(resourcesOf(full.data, /^AWS::(Lambda|ApiGateway|CloudFront)/)).toEqual([]);
  expect(resourcesOf(full.service, STATEFUL).map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
    'PageFiles',
    'EdgeAccessLogs',
  ]);
});

test('No stack holds another: each reads outputs of those before it, and nothing is exported', () => {
  const readBy = (stack: Stack) =>
    [...JSON.stringify(stack).matchAll(/"Fn::GetStackOutput":\{"StackName":"([\w-]+)"/g)].map(
      ([, name]) => name,
    );
  for (const { data, service, monitoring } of [plain, full]) {
    expect(JSON.stringify([data, service, monitoring])).not.toMatch(/Fn::ImportValue|"Export"/);
    expect(readBy(data)).toEqual([]);
    expect(new Set(readBy(service))).toEqual(new Set(['Negatoscope-prod-Data']));
    expect(new Set(readBy(monitoring))).toEqual(new Set(['Negatoscope-prod-Data', 'Negatoscope-prod']));
  }
});

test('Each stack has less than 300 resources, with every setting on', () => {
  for (const stacks of [plain, full])
    for (const { Resources } of Object.values(stacks))
      expect(Object.keys(Resources).length).toBeLessThan(300);
});

test('Stacks of two stages share no name', () => {
  const NAMES = [
    'FunctionName',
    'BucketName',
    'QueueName',
    'TableName',
    'RoleName',
    'Domain',
    'LogGroupName',
  ];
  const names = ({ data, service }: { data: Stack; service: Stack }) =>
    [data, service]
      .flatMap(({ Resources }) => Object.values(Resources))
      .filter(({ Type }) => Type !== 'AWS::Lambda::Permission')
      .flatMap(({ Properties = {} }) => NAMES.flatMap((name) => Properties[name] ?? []))
      .map((name) => JSON.stringify(name))
      // What is named after another resource of the stack has a name of its own.
      .filter((name) => !/"Ref":"(?!AWS::)/.test(name));
  const ofTest = names(stacksOf(EVERY_SETTING, 'test'));
  const ofProd = names(full);
  expect(ofProd.length).toBeGreaterThan(1);
  expect(ofProd.filter((name) => ofTest.includes(name))).toEqual([]);
});

describe('What happens to data when their stack is deleted', () => {
  test('they stay, except the state of requests and connections', () => {
    const gone = resourcesOf(plain.data, STATEFUL).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy !== 'RetainExceptOnCreate',
    );
    expect(gone.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'StorageConnections',
      'StorageRequests',
    ]);
  });

  test('without keepData they end with it, and nothing protects them; the sealed audit log stays', () => {
    const { data, service } = stacksOf({ keepData: false });
    const kept = [data, service].flatMap((stack) =>
      resourcesOf(stack, STATEFUL).filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'Delete'),
    );
    expect(kept.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['StorageAuditSegments']);
    expect(JSON.stringify(data)).not.toMatch(/"DeletionProtection(Enabled)?":(true|"ACTIVE")/);
    const emptied = resourcesOf(data, /^Custom::S3AutoDeleteObjects$/);
    // Images, access logs, and failed records.
    expect(emptied).toHaveLength(3);
  });
});

test('Settings reach their resources', () => {
  const [[, pool]] = resourcesOf(full.data, /UserPool$/) as [[string, Resource]];
  expect(pool.Properties).toMatchObject({
    MfaConfiguration: 'ON',
    EmailConfiguration: { EmailSendingAccount: 'DEVELOPER', From: 'images@clinic.example' },
  });
  const images = resourcesOf(full.data, /S3::Bucket$/).find(([id]) => id.startsWith('StorageImages'))?.[1];
  expect(images?.Properties.LifecycleConfiguration.Rules).toEqual(
    expect.arrayContaining(
      ['images/', 'dicom/'].map((Prefix) =>
        expect.objectContaining({
          Prefix,
          Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }],
        }),
      ),
    ),
  );
  const days = resourcesOf(full.service, /LogGroup$/).map(([, { Properties }]) => Properties.RetentionInDays);
  expect(days.sort()).toEqual(expect.arrayContaining([30, 3653]));
  const mappings = resourcesOf(full.service, /EventSourceMapping$/).flatMap(
    ([, { Properties }]) => Properties.ScalingConfig?.MaximumConcurrency ?? [],
  );
  expect(new Set(mappings)).toEqual(new Set([2]));
  const accounts = (stack: Stack) => resourcesOf(stack, /ApiGateway::Account$/).length;
  expect(accounts(full.service)).toBe(1);
  expect(accounts(stacksOf({ apiGatewayLogRole: false }).service)).toBe(0);
});
