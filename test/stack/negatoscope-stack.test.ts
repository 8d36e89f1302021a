import { Validator } from '@seriousme/openapi-schema-validator';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { functions } from '../../functions/functions.ts';
import { operations } from '../../functions/operations.ts';
import { triggers } from '../../functions/triggers.ts';
import { type Operation, permissionsOf, routesOf } from '../../lib/api/operation.ts';
import { CLI_REDIRECT_URI } from '../../lib/domain/access/cli-redirect.ts';
import { synthesizeAgain, synthesizeTemplate } from '../support/synthesize-template.ts';

const all: readonly Operation[] = operations;
const ORTHANC = 'https://pacs.clinic.example/orthanc';
// biome-ignore lint/suspicious/noExplicitAny: CloudFormation has no types
type Properties = Record<string, any>;
type Resources = Record<string, { Type: string; Properties: Properties }>;

let template: Template;
let resources: Resources;
beforeAll(() => {
  template = synthesizeTemplate().template;
  resources = template.toJSON().Resources;
});

const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);

/** The methods of the API on the operation's paths. */
const methodsOf = (operation: Operation) =>
  routesOf(operation).map(({ path }) => methodOf(operation.method, path));

/** The OpenAPI document that API Gateway imports. */
const definition = (): Properties => ofType('AWS::ApiGateway::RestApi')[0]?.[1].Properties.Body;
const methodOf = (method: string, path: string) => definition().paths[path]?.[method.toLowerCase()];
const INTEGRATION = 'x-amazon-apigateway-integration';

const functionOf = (id: string) =>
  ofType('AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.Environment?.Variables?.POWERTOOLS_SERVICE_NAME === id,
  );

/** All permissions of the function's role, as `action resource` lines. */
function rightsOf(id: string): string[] {
  const roleId = functionOf(id)?.[1].Properties.Role['Fn::GetAtt'][0];
  const inline = (resources[roleId]?.Properties.Policies ?? []).map(
    (policy: Properties) => policy.PolicyDocument,
  );
  const attached = ofType('AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties.Roles.some((role: { Ref: string }) => role.Ref === roleId))
    .map(([, { Properties }]) => Properties.PolicyDocument);
  return [...inline, ...attached].flatMap(({ Statement }) =>
    Statement.flatMap(({ Action, Resource }: { Action: string | string[]; Resource: unknown }) =>
      [Action].flat().map((action) => `${action} ${JSON.stringify(Resource)}`),
    ),
  );
}

/** The actions that the function may do on the table whose logical id begins with this text. */
const rightsOn = (id: string, table: string): Set<string> =>
  new Set(
    rightsOf(id)
      .filter((right) => right.startsWith('dynamodb:') && right.includes(`"${table}`))
      .map((right) => /^dynamodb:(\w+)/.exec(right)?.[1] ?? ''),
  );

describe.each(all)('$id', (operation) => {
  test('has a route behind the authorizer, unless it is public', () => {
    for (const method of methodsOf(operation))
      expect(method.security).toEqual([
        ...(operation.auth === 'public' ? [] : [{ authorizer: [] }]),
        { api_key: [] },
      ]);
  });

  test('streams if and only if it answers with a stream', () => {
    for (const method of methodsOf(operation)) {
      const { responseTransferMode, uri } = method[INTEGRATION];
      const streams = 'stream' in operation.success;
      expect(responseTransferMode).toBe(streams ? 'STREAM' : 'BUFFERED');
      // API Gateway developer guide, "Set up a Lambda proxy integration with payload response streaming".
      expect(JSON.stringify(uri)).toContain(streams ? '/response-streaming-invocations' : '"/invocations');
    }
  });

  test('has the permissions that it declares, and no other', () => {
    const services = new Set(rightsOf(operation.id).map((right) => right.split(':')[0]));
    const { table, objects, requests, people } = permissionsOf(operation);
    expect(services.has('s3')).toBe(objects !== undefined);
    expect(services.has('cognito-idp')).toBe(people !== undefined);
    const onTable = rightsOn(operation.id, 'StorageTable');
    expect(onTable.size > 0).toBe(table !== undefined);
    expect(onTable.has('PutItem') || onTable.has('UpdateItem') || onTable.has('DeleteItem')).toBe(
      table === 'write',
    );
    const onRequests = {
      check: ['GetItem'],
      count: ['UpdateItem'],
      uses: ['BatchGetItem', 'UpdateItem'],
      reports: ['GetItem', 'UpdateItem'],
      report: ['PutItem'],
      remember: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
    };
    expect([...rightsOn(operation.id, 'StorageRequests')].sort()).toEqual(
      requests ? onRequests[requests] : [],
    );
  });
});

test('No function has all permissions, and only the reconciliation may scan the table', () => {
  for (const { id } of functions) {
    for (const right of rightsOf(id)) expect(right).not.toMatch(/^(\*|\w+:\*)/);
  }
  const scanning = functions.filter(({ id }) =>
    rightsOf(id).some((right) => right.startsWith('dynamodb:Scan')),
  );
  expect(scanning.map(({ id }) => id)).toEqual(['reconcile']);
});

test('A function may do with people what it declares, in the user pool of the stack only', () => {
  const actionsOf = (id: string) =>
    rightsOf(id).flatMap((right) => {
      const [, action = '', resource = ''] = /^cognito-idp:(\w+) (.*)$/.exec(right) ?? [];
      if (action) expect(resource).toMatch(/PeoplePool/);
      return action ? [action] : [];
    });
  const find = ['AdminListGroupsForUser', 'ListUsers', 'ListUsersInGroup'];
  const changed = ['AdminRemoveUserFromGroup', 'AdminUpdateUserAttributes'];
  const enabled = ['AdminDisableUser', 'AdminEnableUser'];
  const both = ['AdminAddUserToGroup', 'AdminGetUser'];
  expect(actionsOf('list-people').sort()).toEqual(find);
  expect(actionsOf('create-person').sort()).toEqual([...both, 'AdminCreateUser'].sort());
  expect(actionsOf('update-person').sort()).toEqual([...find, ...both, ...changed, ...enabled].sort());
  const others = functions.filter(({ id }) => actionsOf(id).length > 0).map(({ id }) => id);
  expect(others.sort()).toEqual(['create-person', 'list-people', 'update-person']);
});

test('The reconciliation sends to the queues of uploads only', () => {
  const targets = rightsOf('reconcile').filter((right) => right.startsWith('sqs:SendMessage'));
  const queues = [...targets.join().matchAll(/"([A-Za-z]+Queue)[0-9A-F]+"/g)].map(([, queue]) => queue);
  expect([...new Set(queues)].sort()).toEqual(['ingestdicomQueue', 'makethumbnailQueue']);
});

test('A function that checks for objects may list the bucket, so that a missing object is a 404', () => {
  expect(rightsOf('make-thumbnail').some((right) => right.startsWith('s3:ListBucket '))).toBe(true);
});

test('Nothing of the local stack is deployed', () => {
  // The only loopback address: where the browser of a person at the command line is sent back to.
  const others = JSON.stringify(resources).replaceAll(CLI_REDIRECT_URI, '');
  expect(others).not.toMatch(/\/local\b|"PathPart":"local"|localhost/);
});

test('The images are encrypted, versioned and closed to the public, and the table is protected', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
    },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
  });
  for (const id of ['Table', 'Audit']) {
    const [table] = ofType('AWS::DynamoDB::GlobalTable').filter(([name]) => name.startsWith(`Storage${id}`));
    expect(table?.[1]).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            SSESpecification: {
              KMSMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^StorageKey/), 'Arn'] },
            },
          },
        ],
      },
    });
  }
});

test('Every event source has a dead-letter queue with an alarm that says what it costs a user', () => {
  const { template: whole } = synthesizeTemplate({ orthancUrl: ORTHANC, scan: true });
  for (const { costOfFailure } of triggers) {
    const AlarmDescription = Match.stringLikeRegexp(`^${RegExp.escape(costOfFailure)} What to do: `);
    whole.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmDescription });
  }
  const records = Object.values(whole.findResources('AWS::Lambda::EventSourceMapping')).filter(
    ({ Properties }) => Properties.StartingPosition,
  );
  // Of a record that is given up, only S3 gets the whole.
  expect(records).toHaveLength(3);
  for (const { Properties } of records) {
    const { Destination } = Properties.DestinationConfig.OnFailure;
    expect(JSON.stringify(Destination)).toContain('StorageFailedRecords');
    expect(Properties.MetricsConfig).toEqual({ Metrics: ['EventCount'] });
  }
  whole.resourcePropertiesCountIs(
    'AWS::CloudWatch::Alarm',
    { MetricName: 'OnFailureDestinationDeliveredEventCount', Threshold: 1 },
    records.length,
  );
  const fed = triggers.filter(({ source }) => !('everyMinutes' in source));
  whole.resourcePropertiesCountIs(
    'AWS::Lambda::EventSourceMapping',
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
    // The segments of the audit log are made of whole batches.
    fed.length - 1,
  );
});

test('A stream has at most two readers, with every setting: DynamoDB may throttle more', () => {
  const { template: whole } = synthesizeTemplate({ orthancUrl: ORTHANC, scan: true });
  const readers = [
    ...Object.values(whole.findResources('AWS::Lambda::EventSourceMapping')).map(
      ({ Properties }) => Properties.EventSourceArn,
    ),
    ...Object.values(whole.findResources('AWS::Pipes::Pipe')).map(({ Properties }) => Properties.Source),
  ].map((source) => JSON.stringify(source));
  const streams = Map.groupBy(
    readers.filter((source) => source.includes('StreamArn')),
    (source) => source,
  );
  expect([...streams.values()].map(({ length }) => length).sort()).toEqual([1, 2]);
  // Lambda takes five filters for each source.
  for (const { Properties } of Object.values(whole.findResources('AWS::Lambda::EventSourceMapping')))
    expect(Properties.FilterCriteria?.Filters.length ?? 0).toBeLessThanOrEqual(5);
});

test('Every function that accesses data adds to the audit log; none changes or deletes its events', () => {
  for (const operation of all) {
    const rights = [...rightsOn(operation.id, 'StorageAudit')].sort();
    const { audit } = permissionsOf(operation);
    const touchesAnything = Object.keys(operation.permissions).length > 0;
    // The readiness of the log is checked by anyone, who neither reads an event nor adds one.
    expect(audit === 'check').toBe(operation.id === 'get-readiness');
    const expected = {
      check: ['GetItem'],
      read: ['PutItem', 'Query'],
      append: ['PutItem'],
      verify: ['Query'],
    };
    expect(rights).toEqual(audit ? expected[audit] : touchesAnything ? ['PutItem'] : []);
  }
  for (const { id } of triggers) expect(rightsOn(id, 'StorageAudit')).not.toContain('UpdateItem');
  for (const { id } of triggers) expect(rightsOn(id, 'StorageAudit')).not.toContain('DeleteItem');
  const deny = { Effect: 'Deny', Principal: { AWS: '*' } };
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: { Ref: Match.stringLikeRegexp('^StorageAuditSegments') },
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          ...deny,
          Action: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
        }),
        Match.objectLike({
          ...deny,
          Action: 's3:PutObject',
          Condition: { Null: { 's3:if-none-match': 'true' } },
        }),
      ]),
    },
  });
});

describe('The segments of the audit log', () => {
  const lockOf = (own: Template) => {
    const [bucket] = Object.entries(own.findResources('AWS::S3::Bucket')).flatMap(([id, { Properties }]) =>
      id.startsWith('StorageAuditSegments') ? [Properties] : [],
    );
    expect(bucket).toMatchObject({ ObjectLockEnabled: true, VersioningConfiguration: { Status: 'Enabled' } });
    return bucket?.ObjectLockConfiguration.Rule.DefaultRetention;
  };

  test('are locked for six years by default, and for as long and as strictly as the clinic sets', () => {
    expect(lockOf(template)).toEqual({ Mode: 'GOVERNANCE', Days: 2192 });
    const own = synthesizeTemplate({ auditRetention: { mode: 'compliance', days: 3653 } }).template;
    expect(lockOf(own)).toEqual({ Mode: 'COMPLIANCE', Days: 3653 });
  });

  test('are in a bucket of their own, which only the functions that write them may use', () => {
    const rights = (id: string) => rightsOf(id).filter((right) => right.includes('StorageAuditSegments'));
    expect(rights('seal-audit').map((right) => right.split(' ')[0])).toEqual([
      's3:GetObject',
      's3:PutObject',
      's3:ListBucket',
    ]);
    expect(rightsOf('seal-audit').filter((right) => right.includes('StorageImages'))).toEqual([]);
    // It seals what the stream has lost. S3 lets nobody replace a segment.
    const actions = (id: string) => rights(id).map((right) => right.split(' ')[0]);
    expect(actions('reconcile')).toEqual(actions('seal-audit'));
    const others = functions.filter(({ id }) => rights(id).length > 0).map(({ id }) => id);
    expect(others.sort()).toEqual(['reconcile', 'seal-audit', 'verify-audit']);
    // It changes neither segments nor links, only adds heads.
    const [heads] = rights('verify-audit').filter((right) => right.startsWith('s3:PutObject '));
    expect(heads).toContain('audit/heads/*');
    expect(actions('verify-audit').sort()).toEqual([
      's3:GetObject',
      's3:ListBucket',
      's3:ListBucketVersions',
      's3:PutObject',
      's3:PutObjectRetention',
    ]);
  });

  test('are verified each day, and an alarm tells of a fault, of a failure and of two days without it', () => {
    const rules = ofType('AWS::Events::Rule').filter(([id]) => id.startsWith('verifyaudit'));
    expect(rules.map(([, { Properties }]) => Properties.ScheduleExpression)).toEqual(['rate(1 day)']);
    const alarms = ofType('AWS::CloudWatch::Alarm').filter(([id]) => id.startsWith('verifyaudit'));
    expect(
      alarms.map(([, { Properties }]) => [
        Properties.MetricName,
        Properties.ComparisonOperator,
        Properties.Threshold,
        Properties.TreatMissingData,
      ]),
    ).toEqual([
      ['Errors', 'GreaterThanOrEqualToThreshold', 1, undefined],
      ['Invocations', 'LessThanThreshold', 1, 'breaching'],
      ['faults', 'GreaterThanOrEqualToThreshold', 1, undefined],
    ]);
  });
});

test('A socket opens only with the authorizer, which accepts only a token', () => {
  const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
    Properties.RouteKey,
    Properties.AuthorizationType,
  ]);
  // API Gateway calls the authorizer at `$connect`, and has no authorizers on other routes.
  expect(Object.fromEntries(routes)).toEqual({
    $connect: 'CUSTOM',
    $disconnect: 'NONE',
    $default: 'NONE',
    show: 'NONE',
  });
  // The token may be in either of two headers, and API Gateway requires all identity sources that are named.
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    AuthorizerType: 'REQUEST',
    IdentitySource: [],
  });
  const services = rightsOf('authorize-connection').map((right) => right.split(':')[0]);
  expect(new Set(services)).toEqual(new Set(['logs', 'xray', 'dynamodb', 'kms']));
  // It writes refused tokens into the audit log, and reads nothing.
  const ofTables = rightsOf('authorize-connection').filter((right) => right.startsWith('dynamodb:'));
  expect(ofTables).toEqual([expect.stringMatching(/^dynamodb:PutItem .*Audit/)]);
});

test('A message is routed by its action, and only what a client shows is answered', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
    RouteSelectionExpression: '$request.body.action',
  });
  const keys = new Map(
    ofType('AWS::ApiGatewayV2::Route').map(([id, { Properties }]) => [id, Properties.RouteKey]),
  );
  const answered = ofType('AWS::ApiGatewayV2::RouteResponse').map(([, { Properties }]) =>
    keys.get(Properties.RouteId.Ref),
  );
  expect(answered).toEqual(['show']);
  expect([...rightsOn('show-patient', 'StorageConnections')]).toEqual(['UpdateItem']);
  expect([...rightsOn('show-patient', 'StorageTable')]).toEqual([]);
});

test('Only the functions that need sockets may send to them', () => {
  const socketRightsOf = (id: string) =>
    rightsOf(id).flatMap((right) =>
      [...right.matchAll(/\w+\/@connections\/\*/g)].map(([what]) => `${id}: ${right.split(' ')[0]} ${what}`),
    );
  const all = functions.flatMap(({ id }) => socketRightsOf(id));
  expect(all.sort()).toEqual([
    'end-connections: execute-api:ManageConnections DELETE/@connections/*',
    'notify: execute-api:ManageConnections DELETE/@connections/*',
    'notify: execute-api:ManageConnections POST/@connections/*',
    // It closes a person's oldest socket when they open too many.
    'open-connection: execute-api:ManageConnections DELETE/@connections/*',
  ]);
  for (const id of ['notify', 'end-connections']) {
    const objects = rightsOf(id).filter((right) => right.startsWith('s3:'));
    // What Lambda writes when it gives up.
    for (const right of objects) expect(right).toContain('StorageFailedRecords');
    expect([...rightsOn(id, 'StorageConnections')].sort()).toEqual(['DeleteItem', 'Query']);
  }
  // It reads the stream, and the study of the exam's picture; it writes nothing.
  const stream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
  const read = ['BatchGetItem', 'GetItem', 'Query'];
  expect([...stream, ...read]).toEqual(expect.arrayContaining([...rightsOn('notify', 'StorageTable')]));
});

test('CloudFront forwards the handshakes to the socket’s stage, with and without the slash', () => {
  const behaviors = ofType('AWS::CloudFront::Distribution').flatMap(
    ([, { Properties }]) => Properties.DistributionConfig.CacheBehaviors,
  );
  const originOf = (path: string) =>
    behaviors.find(({ PathPattern }) => PathPattern === path)?.TargetOriginId;
  expect(originOf('/ws')).toBeDefined();
  const own = behaviors.filter(({ TargetOriginId }) => TargetOriginId === originOf('/ws'));
  expect(own.map(({ PathPattern }) => PathPattern)).toEqual(['/ws', '/ws/']);
  template.hasResource('AWS::ApiGatewayV2::Stage', {
    Properties: { StageName: 'ws' },
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^SocketsApidefaultRoute')]),
  });
});

test('Every path that is neither the API nor the socket is the page, which is readable only by CloudFront', () => {
  const [config] = ofType('AWS::CloudFront::Distribution').map(
    ([, { Properties }]) => Properties.DistributionConfig,
  );
  const ofPage = config?.DefaultCacheBehavior.TargetOriginId;
  const apart = config?.CacheBehaviors.filter((each: Properties) => each.TargetOriginId !== ofPage);
  const patterns: string[] = apart.map((each: Properties) => each.PathPattern);
  for (const { path } of all.flatMap(routesOf)) {
    expect(patterns.some((pattern) => path.startsWith(pattern.replace(/\*$/, '')))).toBe(true);
  }
  const origin = config?.Origins.find((each: Properties) => each.Id === ofPage);
  expect(origin.OriginAccessControlId).toBeDefined();
  expect(JSON.stringify(origin.DomainName)).toContain('PageFiles');
});

test('The page runs only its own files, and connects only to the service and the issuer of its tokens', () => {
  const all = ofType('AWS::CloudFront::ResponseHeadersPolicy').map(([id, { Properties }]) => ({
    id,
    policy: JSON.stringify(
      Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy,
    ),
  }));
  // That page shows no data, and Swagger UI styles itself inline.
  const ofTheApiDocument = all.filter(({ id }) => id.includes('ApiDocument'));
  expect(ofTheApiDocument.map(({ policy }) => policy)).toEqual([
    expect.stringContaining(`"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;`),
  ]);
  const policies = all.filter((each) => !ofTheApiDocument.includes(each)).map(({ policy }) => policy);
  expect(policies).toHaveLength(2);
  for (const policy of policies) {
    expect(policy).toContain("default-src 'self'; connect-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
  }
});

test('The access log of the sockets has no header, which could contain a token', () => {
  const [, stage] = ofType('AWS::ApiGatewayV2::Stage')[0] ?? [];
  expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(/header|protocol|authorizer/i);
});

test('The access log of the API has the pattern of a path, and not the path, which may name a patient', () => {
  const [, stage] = ofType('AWS::ApiGateway::Stage')[0] ?? [];
  const format = stage?.Properties.AccessLogSetting.Format;
  expect(format).toContain('$context.resourcePath');
  expect(format).not.toMatch(/\$context\.path\b|authorizer|error\.message/);
});

test('Alarms are sent to the address that the clinic sets', () => {
  const { template: withEmail } = synthesizeTemplate({ alarmEmail: 'alarms@clinic.example' });
  withEmail.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'alarms@clinic.example',
  });
  withEmail.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.anyValue() });
  const cloudWatch = { Service: 'cloudwatch.amazonaws.com' };
  const statement = (Action: unknown) =>
    Match.objectLike({
      Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', Principal: cloudWatch, Action })]),
    });
  withEmail.hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: statement('sns:Publish') });
  withEmail.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: statement(Match.arrayWith(['kms:Decrypt', 'kms:GenerateDataKey*'])),
  });
});

test('A clinic can use its own issuer of tokens', () => {
  const oidc = {
    issuer: 'https://id.clinic.example',
    audience: 'images',
    jwksUri: 'https://id.clinic.example/keys',
  };
  const own = synthesizeTemplate({ oidc }).template;
  own.resourceCountIs('AWS::Cognito::UserPool', 0);
  own.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TOKEN_ISSUER: oidc.issuer } },
  });
  own.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'list-people', USER_POOL_ID: 'none' } },
  });
  expect(JSON.stringify(own.toJSON())).not.toContain('cognito-idp:');
});

test('No user may set their own patient number in the user pool', () => {
  const [, client] = ofType('AWS::Cognito::UserPoolClient')[0] ?? [];
  expect(client?.Properties.WriteAttributes).toEqual(['email']);
});

describe('The bridge to an Orthanc', () => {
  const isOf = (id: string) => id.includes('forwarddicom') || id.includes('Orthanc');

  test('does not exist where none is set', () => {
    expect(Object.entries(resources).filter(([id]) => isOf(id))).toEqual([]);
    expect(JSON.stringify(resources)).not.toContain('ORTHANC');
  });

  test('has ten resources where one is set, and changes only what sends it the files', () => {
    const own: Resources = synthesizeTemplate({ orthancUrl: ORTHANC }).template.toJSON().Resources;
    expect(Object.entries(own).filter(([id]) => isOf(id))).toHaveLength(10);
    // The dashboard and the status of the service show its queues too.
    const others = (all: Resources) =>
      Object.fromEntries(
        Object.entries(all).filter(
          ([id, each]) =>
            !isOf(id) &&
            !/distributechanges|getstatus/.test(id) &&
            each.Type !== 'AWS::CloudWatch::Dashboard',
        ),
      );
    expect(others(own)).toEqual(others(resources));
  });

  test('retries for as long as SQS retains a message, and longer than any weekend', () => {
    synthesizeTemplate({ orthancUrl: ORTHANC }).template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 1000 }),
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  test('signs in with the credentials in Secrets Manager', () => {
    const { template: own } = synthesizeTemplate({ orthancUrl: ORTHANC, orthancSecret: 'orthanc' });
    const [variables] = Object.values(own.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) =>
      Properties.Environment?.Variables?.ORTHANC_URL ? [Properties.Environment.Variables] : [],
    );
    expect(variables.ORTHANC_URL).toBe(ORTHANC);
    // The function reads it when it sends, so that nobody who may read functions reads the password.
    expect(variables.ORTHANC_SECRET).toBe('orthanc');
    expect(JSON.stringify(own.toJSON())).toContain('secret:orthanc-??????');
  });

  test('sends patients’ images encrypted, and no password in its URL', () => {
    expect(() => synthesizeTemplate({ orthancUrl: 'http://pacs.clinic.example' })).toThrow(/orthancUrl/);
    expect(() => synthesizeTemplate({ orthancUrl: 'https://a:b@pacs.clinic.example' })).toThrow(
      /orthancSecret/,
    );
  });
});

test('A setting that does not exist is refused', () => {
  expect(() => synthesizeTemplate({ limit: {} })).toThrow(/limit/);
});

/** The role with which API Gateway invokes functions, and what it may invoke. */
function invokerOf() {
  const { securitySchemes } = definition().components;
  const credentials = [
    ...all.flatMap(methodsOf).map((method) => method[INTEGRATION].credentials),
    securitySchemes.authorizer['x-amazon-apigateway-authorizer'].authorizerCredentials,
  ];
  const roles = new Set(credentials.map((role) => role['Fn::GetAtt'][0]));
  expect(roles.size).toBe(1);
  return resources[[...roles][0]]?.Properties ?? {};
}

test('API Gateway may invoke the functions of the operations and the authorizer, and no other', () => {
  const { Policies, ManagedPolicyArns, AssumeRolePolicyDocument } = invokerOf();
  expect(Policies).toBeUndefined();
  expect(AssumeRolePolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'apigateway.amazonaws.com' } },
  ]);
  const statements: Properties[] = ManagedPolicyArns.flatMap(
    ({ Ref }: { Ref: string }) => resources[Ref]?.Properties.PolicyDocument.Statement,
  );
  for (const { Effect, Action } of statements)
    expect([Effect, Action]).toEqual(['Allow', 'lambda:InvokeFunction']);
  const invoked = statements.flatMap(({ Resource }) => Resource);
  const authorizer = functionOf('authorizer')?.[1].Properties.FunctionName;
  const ids = invoked.flatMap((arn: Properties) => arn['Fn::GetAtt']?.[0] ?? []);
  const named = invoked.filter((arn: Properties) => !('Fn::GetAtt' in arn));
  expect(named.map((arn: Properties) => arn['Fn::Join'][1].at(-1))).toEqual([`:function:${authorizer}`]);
  const handlers = [...all.map(({ id }) => id), 'other-methods'];
  expect(new Set(ids)).toEqual(new Set(handlers.map((id) => functionOf(id)?.[0])));
});

test('The policies by which API Gateway invokes functions are small enough with the longest names', () => {
  // A function has a name of at most 64 characters (Lambda API reference, CreateFunction).
  const arn = `arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:${'x'.repeat(64)}`;
  const { ManagedPolicyArns } = invokerOf();
  expect(ManagedPolicyArns.length).toBeLessThanOrEqual(10);
  for (const { Ref } of ManagedPolicyArns) {
    const { PolicyDocument } = resources[Ref]?.Properties ?? {};
    const [statement] = PolicyDocument.Statement;
    const resolved = { ...statement, Resource: statement.Resource.map(() => arn) };
    const text = JSON.stringify({ ...PolicyDocument, Statement: [resolved] });
    expect(text.length).toBeLessThanOrEqual(6144);
  }
});

test('Every method of the API asks the authorizer, except public ones, preflight requests and refusals', () => {
  const open = Object.entries(definition().paths as Record<string, Properties>).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(
      ([
        method,
        {
          security,
          [INTEGRATION]: { uri },
        },
      ]) =>
        security.some((each: object) => 'authorizer' in each) || JSON.stringify(uri).includes('othermethods')
          ? []
          : [`${method.toUpperCase()} ${path}`],
    ),
  );
  const declared = all
    .filter(({ auth }) => auth === 'public')
    .flatMap((operation) => routesOf(operation).map(({ path }) => `${operation.method} ${path}`));
  const heads = declared.flatMap((route) => (route.startsWith('GET') ? [route.replace('GET', 'HEAD')] : []));
  expect(open.sort()).toEqual([...declared, ...heads].sort());
});

test('The API is a valid OpenAPI document', async () => {
  // References to resources, which CloudFormation resolves, are objects where the document wants strings.
  const resolved = JSON.parse(
    JSON.stringify(definition(), (_key, value) =>
      value && typeof value === 'object' && ('Fn::Join' in value || 'Fn::GetAtt' in value) ? 'arn' : value,
    ),
  );
  expect(await new Validator().validate(resolved)).toMatchObject({ valid: true });
});

test('A changed operation gives a new deployment, and an unchanged one does not', () => {
  const deploymentOf = (changed: Template) =>
    Object.keys(changed.findResources('AWS::ApiGateway::Deployment'));
  const [first, ...rest] = all;
  const slower = { ...first, timeoutSeconds: 7 } as Operation;
  expect(deploymentOf(synthesizeAgain().template)).toEqual(deploymentOf(template));
  expect(deploymentOf(synthesizeAgain({}, { operations: [slower, ...rest] }).template)).not.toEqual(
    deploymentOf(template),
  );
});

test('CDK warns only of alarms that nobody receives', () => {
  expect(synthesizeTemplate({ alarmEmail: 'it@clinic.example' }).messages).toEqual([]);
  const messages = synthesizeTemplate().messages.map(({ entry }) => String(entry.data));
  expect(messages).toEqual([expect.stringContaining('set alarmEmail')]);
});

test('The functions that process a file have the same layers and processes, whichever event starts them', () => {
  const assetsOf = (id: string) => {
    const { assets, processes } = functions.find((each) => each.id === id) ?? {};
    return { assets, processes };
  };
  expect(assetsOf('process-arrived-image')).toEqual(assetsOf('make-thumbnail'));
  expect(assetsOf('process-arrived-image').processes).toHaveLength(2);
});
