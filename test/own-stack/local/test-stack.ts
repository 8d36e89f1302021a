import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../../lib/local/local-stack.ts';

const resolve = (name: string) => JSON.stringify(createRequire(import.meta.url).resolve(name));
/** middy has no CommonJS entry; Node 24 loads its modules by their paths. */
const middyFile = (name: string) =>
  JSON.stringify(path.resolve(import.meta.dirname, '../../../node_modules/@middy/core', name));
const s3Client = `const { S3Client } = require(${resolve('@aws-sdk/client-s3')});
const s3 = new S3Client({ forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });`;
const dynamoClient = `const { DynamoDBClient } = require(${resolve('@aws-sdk/client-dynamodb')});
const dynamoDb = new DynamoDBClient({});`;

/** The functions of the test stack, each with one behaviour. */
const code = {
  echo: `exports.handler = async (event, context) => ({
    statusCode: 200,
    headers: { 'x-one': '1' },
    multiValueHeaders: { 'x-many': ['a', 'b'] },
    body: JSON.stringify({ event, env: process.env, remaining: context.getRemainingTimeInMillis(), requestId: context.awsRequestId, pid: process.pid, times: [Date.now(), new Date().getTime(), Date.parse(Date())] }),
  });`,
  authorizer: `exports.handler = async (event) => {
    const token = event.headers.Authorization ?? event.headers.authorization;
    if (token === 'nobody') throw new Error('Unauthorized');
    if (token === 'broken') throw new Error('Boom');
    const resource = token === 'reader' ? event.methodArn.replace(/local\\/local\\/.*/, 'local/local/GET/*') : '*';
    return {
      principalId: token,
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: token === 'denied' ? 'Deny' : 'Allow', Resource: resource }] },
      context: { role: token, asked: Date.now() },
    };
  };`,
  trouble: `exports.handler = async (event) => {
    switch (event.pathParameters.kind) {
      case 'long': return { statusCode: 200, body: 'x'.repeat(5_000_000) };
      case 'throw': throw new Error('secret inner message');
      case 'exit': process.exit(3);
      case 'loop': for (;;);
      case 'slow': await new Promise((resolve) => setTimeout(resolve, 1500)); return { statusCode: 200, body: 'late' };
      case 'large': return { statusCode: 200, body: 'x'.repeat(7 * 1024 * 1024) };
      case 'odd': return { hello: 'world' };
      case 'binary': return { statusCode: 200, headers: { 'content-type': 'image/png' }, body: Buffer.from([0, 255, 1]).toString('base64'), isBase64Encoded: true };
      case 'memory': { const hold = []; for (;;) { hold.push(Buffer.alloc(20_000_000, 1)); await new Promise((resolve) => setTimeout(resolve, 20)); } }
      default: return { statusCode: 204 };
    }
  };`,
  stream: `const { setTimeout: sleep } = require('node:timers/promises');
  exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    const { kind = 'plain', bytes = '0' } = event.queryStringParameters ?? {};
    if (kind === 'early') throw new Error('before the first byte');
    const isEndless = kind.endsWith('endless');
    if (kind === 'slow-endless') await sleep(500);
    const out = awslambda.HttpResponseStream.from(stream, { statusCode: kind === 'status' ? 206 : 200, headers: { 'content-type': 'text/plain' }, multiValueHeaders: { 'x-many': ['a', 'b'] } });
    out.on('error', () => { if (isEndless) console.log('the client has gone: ' + kind); });
    out.write('begin ');
    if (kind === 'late') { await sleep(100); throw new Error('after the first byte'); }
    if (isEndless) while (!out.destroyed) { out.write('x'.repeat(1000)); await sleep(5); }
    const chunk = Buffer.alloc(1_000_000, 120);
    for (let left = Number(bytes); left > 0 && !out.destroyed; left -= chunk.length) {
      if (!out.write(chunk.subarray(0, Math.min(left, chunk.length)))) await require('node:events').once(out, 'drain');
    }
    out.end('end');
  });`,
  middy: `const middy = require(${middyFile('index.js')}).default;
  const { executionModeStreamifyResponse } = require(${middyFile('executionModeStreamifyResponse.js')});
  const { Readable } = require('node:stream');
  exports.handler = middy({ executionMode: executionModeStreamifyResponse }).handler(async () => ({
    statusCode: 201, headers: { 'content-type': 'text/plain' }, body: Readable.from(['hello ', 'middy']),
  }));`,
  data: `${s3Client}
  ${dynamoClient}
  const sdk = require(${resolve('@aws-sdk/client-s3')});
  const ddb = require(${resolve('@aws-sdk/client-dynamodb')});
  const { getSignedUrl } = require(${resolve('@aws-sdk/s3-request-presigner')});
  exports.handler = async (event) => {
    const { client, command, input, sign } = JSON.parse(event.body);
    try {
      if (sign) {
        const url = await getSignedUrl(s3, new sdk[command](input), sign);
        return { statusCode: 200, body: JSON.stringify({ url }) };
      }
      const answer = client === 's3' ? await s3.send(new sdk[command](input)) : await dynamoDb.send(new ddb[command](input));
      delete answer.Body;
      return { statusCode: 200, body: JSON.stringify(answer) };
    } catch (error) {
      return { statusCode: 200, body: JSON.stringify({ error: error.name, status: error.$metadata?.httpStatusCode }) };
    }
  };`,
  arrived: `${dynamoClient}
  const { PutItemCommand } = require(${resolve('@aws-sdk/client-dynamodb')});
  exports.handler = async ({ Records }) => {
    const batchItemFailures = [];
    for (const { messageId, body, attributes } of Records) {
      const [{ eventName, s3: { object, bucket } }] = JSON.parse(body).Records;
      console.log('arrived ' + object.key);
      if (object.key.endsWith('poison')) { batchItemFailures.push({ itemIdentifier: messageId }); continue; }
      if (object.key.endsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 1000));
      await dynamoDb.send(new PutItemCommand({ TableName: process.env.TABLE, Item: {
        pk: { S: 'arrived/' + object.key }, sk: { S: eventName }, size: { N: String(object.size) }, etag: { S: object.eTag }, count: { S: attributes.ApproximateReceiveCount } } }));
    }
    return { batchItemFailures };
  };`,
  deadLetter: `${dynamoClient}
  const { PutItemCommand } = require(${resolve('@aws-sdk/client-dynamodb')});
  exports.handler = async ({ Records }) => {
    for (const { body } of Records) {
      await dynamoDb.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: 'dead' }, sk: { S: body } } }));
    }
  };`,
  shared: `exports.handler = async ({ Records }) => {
    if (Records) return void console.log('delivered ' + Records.map(({ body }) => body));
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { statusCode: 200, body: String(process.pid) };
  };`,
  changed: `${dynamoClient}
  const { PutItemCommand } = require(${resolve('@aws-sdk/client-dynamodb')});
  exports.handler = async ({ Records }) => {
    for (const { eventName, dynamodb, userIdentity } of Records) {
      const by = userIdentity ? ' by ' + userIdentity.type + ' ' + userIdentity.principalId : '';
      console.log('changed ' + dynamodb.Keys.pk.S + ' ' + eventName + by);
      if (dynamodb.Keys.sk.S === 'poison') throw new Error('poison');
      await dynamoDb.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: 'seen/' + dynamodb.Keys.pk.S }, sk: { S: eventName } } }));
    }
  };`,
};

function synthesize(dir: string, cdkOut: string) {
  const app = new App({ outdir: cdkOut, analyticsReporting: false });
  const stack = new Stack(app, 'Negatoscope');
  const table = new dynamodb.TableV2(stack, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
    globalSecondaryIndexes: [
      { indexName: 'bySort', partitionKey: { name: 'sk', type: dynamodb.AttributeType.STRING } },
    ],
    timeToLiveAttribute: 'expiresAt',
    dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
  });
  const deadLetters = new sqs.Queue(stack, 'DeadLetters');
  const arrivals = new sqs.Queue(stack, 'Arrivals', {
    visibilityTimeout: Duration.seconds(2),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
  });
  const shared = new sqs.Queue(stack, 'Shared', { visibilityTimeout: Duration.seconds(60) });
  const bucket = new s3.Bucket(stack, 'Objects', {
    cors: [
      {
        allowedOrigins: ['https://clinic.example'],
        allowedMethods: [s3.HttpMethods.PUT, s3.HttpMethods.GET],
        allowedHeaders: ['*'],
        exposedHeaders: ['ETag'],
      },
    ],
    lifecycleRules: [{ prefix: 'temporary/', expiration: Duration.days(1) }],
  });
  const locked = new s3.Bucket(stack, 'Locked', {
    objectLockDefaultRetention: s3.ObjectLockRetention.governance(Duration.days(1)),
  });
  (bucket.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: arrivals.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: 'incoming/' }] } },
      },
    ],
  };
  const make = (name: keyof typeof code, props: Partial<lambda.FunctionProps> = {}) => {
    const codeDir = path.join(dir, 'functions', name);
    mkdirSync(codeDir, { recursive: true });
    writeFileSync(path.join(codeDir, 'index.cjs'), code[name]);
    return new lambda.Function(stack, name, {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeDir),
      timeout: Duration.seconds(10),
      memorySize: 512,
      environment: {
        POWERTOOLS_SERVICE_NAME: name,
        TABLE: table.tableName,
        BUCKET: bucket.bucketName,
        LOCKED: locked.bucketName,
      },
      ...props,
    });
  };
  const invoker = new iam.Role(stack, 'Invoker', {
    assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com'),
  });
  const lambdaApi = `arn:${stack.partition}:apigateway:${stack.region}:lambda:path`;
  const invocations = (target: lambda.Function) => {
    target.grantInvoke(invoker);
    return `${lambdaApi}/2015-03-31/functions/${target.functionArn}/invocations`;
  };
  const paths: Record<string, Record<string, unknown>> = {};
  const add = (method: string, route: string, target: lambda.Function, options = {}, authorizer?: string) => {
    const integration = {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: invocations(target),
      credentials: invoker.roleArn,
      ...options,
    };
    const security = authorizer ? { security: [{ [authorizer]: [] }] } : {};
    paths[route] = {
      ...paths[route],
      [method]: { ...security, 'x-amazon-apigateway-integration': integration },
    };
  };
  const stream = { responseTransferMode: 'STREAM' };
  const echo = make('echo');
  add('x-amazon-apigateway-any-method', '/echo', echo);
  add('get', '/echo/fixed', echo);
  add('get', '/echo/{id}', echo);
  add('get', '/echo/{id}/parts', echo);
  add('get', '/files/{rest+}', echo);
  add('get', '/private', echo, {}, 'authorizer');
  add('post', '/private', echo, {}, 'authorizer');
  add('get', '/trouble/{kind}', make('trouble', { timeout: Duration.seconds(2), memorySize: 256 }));
  add('get', '/impatient/{kind}', make('middy'), { ...stream });
  add('get', '/stream', make('stream'), { ...stream });
  const slow = stack.node.findChild('trouble') as lambda.Function;
  add('get', '/hurried/{kind}', slow, { timeoutInMillis: 500 });
  const sharedFunction = make('shared');
  add('get', '/shared', sharedFunction);
  new lambda.CfnEventSourceMapping(stack, 'OnShared', {
    functionName: sharedFunction.functionName,
    eventSourceArn: shared.queueArn,
    scalingConfig: { maximumConcurrency: 4 },
  });
  const data = make('data');
  add('post', '/data', data);
  bucket.grantPut(data, 'granted/*');
  bucket.grantRead(data, 'granted/*');
  bucket.grantPut(data, 'blind/*');
  data.addToRolePolicy(
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('blind/*')] }),
  );
  table.grant(data, 'dynamodb:PutItem', 'dynamodb:Query');
  const consume = (name: 'arrived' | 'deadLetter' | 'changed') => {
    const consumer = make(name, { timeout: Duration.seconds(2) });
    table.grant(consumer, 'dynamodb:PutItem');
    return consumer;
  };
  new lambda.CfnEventSourceMapping(stack, 'OnArrival', {
    functionName: consume('arrived').functionName,
    eventSourceArn: arrivals.queueArn,
    batchSize: 5,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: 2 },
  });
  new lambda.CfnEventSourceMapping(stack, 'OnDeadLetter', {
    functionName: consume('deadLetter').functionName,
    eventSourceArn: deadLetters.queueArn,
  });
  const changed = consume('changed');
  // Lambda writes the records that it gives up with the role of the function.
  bucket.grantReadWrite(changed);
  new lambda.CfnEventSourceMapping(stack, 'OnChange', {
    functionName: changed.functionName,
    eventSourceArn: table.tableStreamArn ?? '',
    startingPosition: 'TRIM_HORIZON',
    batchSize: 10,
    maximumRetryAttempts: 1,
    bisectBatchOnFunctionError: true,
    filterCriteria: {
      filters: [
        {
          pattern: JSON.stringify({
            eventName: ['INSERT', 'REMOVE'],
            dynamodb: { Keys: { pk: { S: [{ prefix: 'watched/' }] } } },
          }),
        },
      ],
    },
    destinationConfig: { onFailure: { destination: bucket.bucketArn } },
  });
  new apigateway.SpecRestApi(stack, 'Api', {
    apiDefinition: apigateway.ApiDefinition.fromInline({
      openapi: '3.0.1',
      info: { title: 'Test', version: '1' },
      paths,
      components: {
        securitySchemes: {
          authorizer: {
            type: 'apiKey',
            name: 'Authorization',
            in: 'header',
            'x-amazon-apigateway-authtype': 'custom',
            'x-amazon-apigateway-authorizer': {
              type: 'request',
              identitySource: 'method.request.header.Authorization',
              authorizerUri: invocations(make('authorizer')),
              authorizerCredentials: invoker.roleArn,
              authorizerResultTtlInSeconds: 60,
            },
          },
        },
      },
      'x-amazon-apigateway-binary-media-types': ['image/*'],
      'x-amazon-apigateway-gateway-responses': {
        UNAUTHORIZED: {
          statusCode: '401',
          responseParameters: {
            'gatewayresponse.header.x-request-id': 'context.requestId',
            'gatewayresponse.header.www-authenticate': "'Bearer'",
          },
          responseTemplates: {
            'application/json': '{"message":$context.error.messageString,"id":"$context.requestId"}',
          },
        },
        DEFAULT_5XX: { responseTemplates: { 'application/json': '{"oops":true}' } },
      },
    }),
  });
  app.synth();
}

/** A stack for one test file on a free port, with a data directory that is deleted with it. */
export interface TestStack {
  dir: string;
  cdkOut: string;
  dataDir: string;
  start(options?: Partial<LocalStackOptions>): Promise<LocalStack>;
  /**
   * Changes to another data directory. The files of a killed stack cannot be removed reliably: its database
   * runs and writes a moment longer, so that rmSync may stop in the middle, and a state without its table
   * looks like lost events.
   */
  renewData(): void;
  remove(): void;
}

export function makeTestStack(): TestStack {
  const dir = mkdtempSync(path.join(tmpdir(), 'local-stack-test-'));
  const cdkOut = path.join(dir, 'cdk.out');
  let count = 1;
  synthesize(dir, cdkOut);
  return {
    dir,
    cdkOut,
    get dataDir() {
      return path.join(dir, `data-${count}`);
    },
    start(options) {
      return startLocalStack({ cdkOut, dataDir: this.dataDir, port: 0, ...options });
    },
    renewData() {
      count += 1;
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}
