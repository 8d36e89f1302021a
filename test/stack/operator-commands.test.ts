import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type AwsAnswer, type AwsCall, startAwsStandIn } from '../support/operator/aws-stand-in.ts';

const run = promisify(execFile);
const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'negatoscope.ts');

const IDENTITY =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:role/it</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';
const NO_STACK = new Error('ValidationError: Stack with id Negatoscope-prod does not exist');
const stack = (status: string, outputs: Record<string, string> = {}) =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>${status}</StackStatus><Outputs>${Object.entries(
    outputs,
  )
    .map(
      ([name, value]) => `<member><OutputKey>${name}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

type Answers = Record<string, (call: AwsCall) => AwsAnswer>;
let close = () => {};
afterEach(() => close());

async function negatoscope(answers: Answers, ...args: string[]) {
  const standIn = await startAwsStandIn(answers);
  close = standIn.close;
  const env = { PATH: process.env.PATH, ...standIn.environment };
  const ended = await run(process.execPath, [COMMAND, ...args], { env }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
  return { ...ended, calls: standIn.calls };
}

describe('negatoscope preflight', () => {
  const ready: Answers = {
    GetCallerIdentity: () => IDENTITY,
    GetParameters: () => ({ Parameters: [], InvalidParameters: [] }),
    GetParameter: () => ({ Parameter: { Value: '30' } }),
    'GET /2016-08-19/account-settings': () => ({ AccountLimit: { ConcurrentExecutions: 1000 } }),
    'GET /2020-05-31/distribution': () => '<DistributionList><Quantity>0</Quantity></DistributionList>',
    DescribeStacks: () => NO_STACK,
  };

  test('finds an account ready, and names the next command', async () => {
    const { code, stdout } = await negatoscope(ready, 'preflight');
    expect(stdout).not.toContain('FAIL');
    expect(stdout).toContain('account 123456789012');
    expect(stdout).toMatch(/Next: npm run deploy\n$/);
    expect(code).toBe(0);
  });

  test.each<[string, Answers, RegExp]>([
    [
      'without credentials',
      { GetCallerIdentity: () => new Error('ExpiredToken: The security token has expired') },
      /FAIL {2}credentials: ExpiredToken: The security token has expired/,
    ],
    [
      'in a region without a service',
      {
        GetParameters: ({ body }) => ({
          InvalidParameters: JSON.parse(body).Names.filter((name: string) => name.endsWith('/xray')),
        }),
      },
      /FAIL {2}services in the region: eu-central-1 has no xray: choose another region/,
    ],
    [
      'before CDK has prepared the region',
      { GetParameter: () => new Error('ParameterNotFound: ') },
      /FAIL {2}CDK bootstrap: .*run npx cdk bootstrap/,
    ],
    [
      'with the concurrency of a new account',
      { 'GET /2016-08-19/account-settings': () => ({ AccountLimit: { ConcurrentExecutions: 10 } }) },
      /FAIL {2}Lambda concurrency: The account runs 10 functions at once.*set it to 10/,
    ],
    [
      'that may not use CloudFront',
      { 'GET /2020-05-31/distribution': () => new Error('AccessDenied: not authorized') },
      /FAIL {2}CloudFront: AccessDenied: not authorized/,
    ],
    [
      'with a stack whose creation failed',
      { DescribeStacks: () => stack('ROLLBACK_COMPLETE') },
      /FAIL {2}stacks: Negatoscope-prod-Data is in the state ROLLBACK_COMPLETE: delete it/,
    ],
  ])('tells what is in the way: an account %s', async (_what, answers, expected) => {
    const { code, stdout } = await negatoscope({ ...ready, ...answers }, 'preflight');
    expect(stdout).toMatch(expected);
    expect(stdout.match(/^ok {4}/gm)).toHaveLength(5);
    expect(stdout).toMatch(/1 to settle first\.\n$/);
    expect(code).toBe(1);
  });

  test('changes nothing', async () => {
    const { calls } = await negatoscope(ready, 'preflight');
    for (const { action } of calls) expect(action).toMatch(/^(Get|Describe|GET )/);
  });
});

describe('negatoscope first-admin', () => {
  const deployed: Answers = {
    DescribeStacks: () => stack('CREATE_COMPLETE', { UserPoolId: 'eu-central-1_pool' }),
    ListUsersInGroup: () => ({ Users: [] }),
    AdminCreateUser: () => ({ User: { Username: 'dana' } }),
    AdminAddUserToGroup: () => ({}),
  };
  const invite = (answers: Answers) => negatoscope(answers, 'first-admin', '--email', 'dana@clinic.example');

  test('invites an admin by mail', async () => {
    const { code, stdout, calls } = await invite(deployed);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'dana is an admin. Cognito sends the first password to dana@clinic.example; it is valid for three days.\n',
    });
    const of = (action: string) => JSON.parse(calls.find((call) => call.action === action)?.body ?? '{}');
    expect(of('AdminCreateUser')).toMatchObject({
      UserPoolId: 'eu-central-1_pool',
      Username: 'dana',
      UserAttributes: [
        { Name: 'email', Value: 'dana@clinic.example' },
        { Name: 'email_verified', Value: 'true' },
      ],
    });
    expect(of('AdminAddUserToGroup')).toMatchObject({ Username: 'dana', GroupName: 'admins' });
  });

  test('invites no second one', async () => {
    const { code, stderr, calls } = await invite({
      ...deployed,
      ListUsersInGroup: () => ({ Users: [{ Username: 'erin' }] }),
    });
    expect([code, stderr]).toEqual([1, 'There is an admin already: erin.\n']);
    expect(calls.map(({ action }) => action)).not.toContain('AdminAddUserToGroup');
  });

  test('continues where an earlier run failed, and makes nobody else an admin', async () => {
    const exists = (address: string): Answers => ({
      ...deployed,
      AdminCreateUser: () => new Error('UsernameExistsException: User account already exists'),
      AdminGetUser: () => ({ Username: 'dana', UserAttributes: [{ Name: 'email', Value: address }] }),
    });
    expect(await invite(exists('dana@clinic.example'))).toMatchObject({ code: 0 });
    const other = await invite(exists('dana@home.example'));
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('somebody with another address')]);
    expect(other.calls.map(({ action }) => action)).not.toContain('AdminAddUserToGroup');
  });

  test('says that there is no stack yet', async () => {
    const { code, stderr } = await invite({ DescribeStacks: () => NO_STACK });
    expect(code).toBe(1);
    expect(stderr).toContain('does not exist');
  });

  test.each([[[]], [['--email', 'dana']]])('refuses %j', async (args) => {
    const { code, stderr } = await negatoscope({}, 'first-admin', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected an address as --email.');
  });
});

describe('negatoscope redrive', () => {
  const resource = (origin: string) => (logicalId: string) => {
    const name =
      {
        StorageFailedRecordsEEEEEEEE: 'FailedRecords',
        FunctionsnotifyFFFFFFFF: 'Negatoscope-prod-Functionsnotify-abc',
      }[logicalId] ?? `${origin}/1/${logicalId}`;
    return `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${name}</PhysicalResourceId></member>`;
  };
  const deployed: Answers = {
    ListStackResources: ({ origin }) =>
      `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${[
        'makethumbnailDeadLettersAAAAAAAA',
        'makethumbnailQueueBBBBBBBB',
        'ingestdicomDeadLettersCCCCCCCC',
        'notifyDeadLettersDDDDDDDD',
        'StorageImagesCFC0E004',
        'StorageFailedRecordsEEEEEEEE',
        'FunctionsnotifyFFFFFFFF',
      ]
        .map(resource(origin))
        .join('')}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`,
    GetQueueAttributes: ({ body }) => ({
      Attributes: {
        QueueArn: `arn:${JSON.parse(body).QueueUrl.split('/').at(-1)}`,
        ApproximateNumberOfMessages: body.includes('ingest') ? '0' : '3',
      },
    }),
    ListDeadLetterSourceQueues: ({ body }) => ({
      queueUrls: body.includes('notify') ? [] : ['https://sqs.example/source'],
    }),
    StartMessageMoveTask: () => ({ TaskHandle: 'task' }),
    'GET /FailedRecords/': () => '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
  };

  test('lists the dead-letter queues with messages', async () => {
    const { code, stdout } = await negatoscope(deployed, 'redrive');
    expect([code, stdout]).toEqual([0, 'make-thumbnail: 3\nnotify: 3\n']);
  });

  test('sends the messages of one function back', async () => {
    const { code, stdout, calls } = await negatoscope(deployed, 'redrive', 'make-thumbnail');
    expect([code, stdout]).toEqual([0, 'SQS sends 3 messages back to make-thumbnail.\n']);
    const moved = calls
      .filter(({ action }) => action === 'StartMessageMoveTask')
      .map(({ body }) => JSON.parse(body));
    expect(moved).toEqual([{ SourceArn: 'arn:makethumbnailDeadLettersAAAAAAAA' }]);
  });

  describe('of a function that reads a stream', () => {
    const name = 'Negatoscope-prod-Functionsnotify-abc';
    const key = 'aws/lambda/uuid/shardId-1/2026-01-01T00.00.00-one';
    const event = { Records: [{ eventID: '1' }] };
    const poison = { Records: [{ eventID: '2' }] };
    const withRecords = (payloads: (event: string) => AwsAnswer): Answers => ({
      ...deployed,
      'GET /FailedRecords/': () =>
        `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>${key}</Key></Contents></ListBucketResult>`,
      [`GET /FailedRecords/${key}`]: () => ({
        requestContext: { functionArn: `arn:aws:lambda:eu-central-1:1:function:${name}` },
        payload: JSON.stringify(event),
      }),
      [`DELETE /FailedRecords/${key}`]: () => '',
      ReceiveMessage: () => ({ Messages: [{ Body: JSON.stringify(poison), ReceiptHandle: 'r' }] }),
      DeleteMessage: () => ({}),
      [`POST /2015-03-31/functions/${name}/invocations`]: ({ body }) => payloads(body),
    });

    test('invokes it again with each whole event, and removes what it has processed', async () => {
      const { code, stdout, calls } = await negatoscope(
        withRecords(() => ({ batchItemFailures: [] })),
        'redrive',
        'notify',
      );
      expect([code, stdout]).toEqual([0, 'notify has processed 4 events; 0 failed again.\n']);
      const bodies = calls.filter(({ action }) => action.endsWith('/invocations')).map(({ body }) => body);
      expect(bodies.map((body) => JSON.parse(body))).toEqual([event, poison, poison, poison]);
      const removed = calls.filter(({ action }) => action.startsWith('DELETE') || action === 'DeleteMessage');
      expect(removed.map(({ action }) => action.split(' ')[0])).toEqual([
        'DELETE',
        ...Array(3).fill('DeleteMessage'),
      ]);
    });

    test('leaves what fails again where it is', async () => {
      const { code, stdout, calls } = await negatoscope(
        withRecords(() => ({ batchItemFailures: [{ itemIdentifier: '1' }] })),
        'redrive',
        'notify',
      );
      expect([code, stdout]).toEqual([1, 'notify has processed 0 events; 4 failed again.\n']);
      expect(calls.filter(({ action }) => /^delete/i.test(action))).toEqual([]);
    });
  });

  test('says which functions have dead letters', async () => {
    const unknown = await negatoscope(deployed, 'redrive', 'make');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('make-thumbnail, ingest-dicom, notify'),
    ]);
  });
});
