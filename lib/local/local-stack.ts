import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { authorizerArns } from './api-gateway/api-definition.ts';
import { Gateway } from './api-gateway/gateway.ts';
import { allowedKeys } from './api-gateway/usage-plans.ts';
import { Clock } from './clock.ts';
import { CloudFront } from './cloudfront/cloudfront.ts';
import { CognitoApi } from './cognito/cognito-api.ts';
import { Issuer } from './cognito/issuer.ts';
import { UserPool } from './cognito/user-pool.ts';
import { DynamoDbProxy } from './dynamodb/dynamodb-proxy.ts';
import { ensureTables, partitionKeys } from './dynamodb/dynamodb-tables.ts';
import { startDynoxide } from './dynamodb/dynoxide.ts';
import { PartitionThroughput } from './dynamodb/partition-throughput.ts';
import { TimeToLive } from './dynamodb/time-to-live.ts';
import { EventRules } from './eventbridge/event-rules.ts';
import { Schedules } from './eventbridge/schedules.ts';
import { parseFaults } from './faults/fault-list.ts';
import { Faults } from './faults/faults.ts';
import { MalwareProtection } from './guardduty/malware-protection.ts';
import { Principals, type ServiceCall } from './iam/principals.ts';
import { AccountConcurrency } from './lambda/account-concurrency.ts';
import { queueConcurrency, startEventSources } from './lambda/event-sources.ts';
import { type Credentials, credentialsFor, loadFunctions, loadSecret } from './lambda/functions.ts';
import type { LambdaHost } from './lambda/instance.ts';
import { LambdaFunction, type Scaling } from './lambda/lambda.ts';
import { linkLayerPackages } from './lambda/layer-packages.ts';
import { MemoryBound } from './lambda/memory-bound.ts';
import { ProcessGuard } from './lambda/process-guard.ts';
import { sendLocalError } from './local-error.ts';
import { LogFile } from './log-file.ts';
import { listenOnLoopback } from './loopback.ts';
import { countPassedBytes } from './passed-bytes.ts';
import { S3 } from './s3/s3.ts';
import { loadBuckets } from './s3/s3-buckets.ts';
import { S3Store } from './s3/s3-store.ts';
import { ConnectionsApi } from './sockets/connections-api.ts';
import { loadSocketApi } from './sockets/socket-routes.ts';
import { refuse, Sockets } from './sockets/sockets.ts';
import { Queues } from './sqs/queues.ts';
import { SqsApi } from './sqs/sqs-api.ts';
import { StartError } from './start-error.ts';
import { openState } from './state.ts';
import { loadTemplate, region } from './template.ts';

/** How many requests an HTTP function serves at once; more wait in line (`lambda/waiting-line.ts`). */
const httpConcurrency = 4;
/**
 * An authorizer mostly computes, and in AWS it takes no CPU of the functions behind it. Here it leaves one CPU to them, and half of
 * the time of its own: many refused credentials must not slow down those whose authorizer's result is cached.
 */
const authorizerScaling: Scaling = {
  maxInstances: Math.max(1, Math.min(httpConcurrency, availableParallelism() - 1)),
  restMs: 5,
};
const hourMs = 60 * 60 * 1000;
/** Where the APIs are without CloudFront, as at `https://<id>.execute-api.<region>.amazonaws.com`. */
const EXECUTE_API = '/local/execute-api';
/** What the development server of the page does not have: the settings, and what the build writes beside the page. */
const BUILT_WITH_THE_PAGE = /^\/(config\.json|openapi\.json\/*|docs(\/.*)?)$/;

/** The memory of all functions together: a laptop with 8 GB has so much left beside a browser and an editor. */
export const defaultMemoryMb = 1536;

export interface LocalStackOptions {
  /** CDK's output directory. */
  cdkOut: string;
  /** 0 picks a free one. */
  port: number;
  dataDir: string;
  verbose?: boolean;
  /** The bound on the memory of all functions' processes together. */
  memoryMb?: number;
  /** The invocations of all functions at the same time, as an AWS account has them. Unlimited if undefined. */
  concurrency?: number | undefined;
  /** Whether long streamed responses are as slow as those of API Gateway. */
  limitsStreamRate?: boolean;
  /** Other values for variables that the template gives its functions: settings to try. */
  environment?: Record<string, string>;
  /** Where ClamAV's clamd listens, if the template has a malware scan. */
  clamd?: string | undefined;
  /** Keep what is deleted or replaced in S3, as its versions. A laptop's disk has better uses than this. */
  keepsVersions?: boolean;
  /** The faults to inject, as `docs/faults.md` describes them. */
  faults?: string;
  /** Hears of each call that a function makes to S3 or DynamoDB; costs a little, so leave it out to leave it off. */
  onCall?: (call: ServiceCall) => void;
  /** Hears of each phase of the start as it begins. */
  onPhase?: (phase: string) => void;
  /** Serves the page instead of its built files. */
  servePage?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Hears when a part that everything needs has ended by itself. */
  onFailure?: (reason: string) => void;
}

/** A running local stack. */
export interface LocalStack {
  url: string;
  s3Endpoint: string;
  dynamoDbEndpoint: string;
  /** Credentials that may do everything, for tests and tools. */
  credentials: Credentials;
  logFile: string;
  functions: readonly LambdaFunction[];
  faults: Faults;
  /** The time of the emulated services and of the functions. */
  clock: Clock;
  /** What the stack says of itself, as `cdk deploy` does. */
  output(name: string): string;
  token(user: string, claims?: Record<string, unknown>, expiresInSeconds?: number): Promise<string>;
  /** Runs the scheduled functions now, or only this one, without waiting for their time. */
  tick(functionId?: string): Promise<void>;
  close(): Promise<void>;
}

/** Runs a synthesized template on this laptop. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const closers: (() => unknown)[] = [];
  // The last thing started is the first to end.
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: LocalStackOptions,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<LocalStack> {
  const { cdkOut, onPhase } = options;
  const dataDir = path.resolve(options.dataDir);
  const clock = new Clock();
  await clock.advance(parseFaults(options.faults ?? '').clockMs);
  onPhase?.('Opening the port and the data directory');
  const db = openState(dataDir);
  closers.push(() => db.close());
  const logFile = new LogFile(dataDir, options.verbose ?? false);
  closers.push(() => logFile.close());
  const log = (line: string) => logFile.write('local', line);

  // The port comes first: the template's values, such as the issuer's URL, name it.
  let handle: Handle = async (_request, response) =>
    sendLocalError(response, 503, 'The local stack is starting.');
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void serve(handle, request, response, clock, log);
  let upgrade: Upgrade = async (_request, socket) => refuse(socket, 503);
  const upgradeListener: Upgrade = async (request, socket, head) =>
    isLocalHost(request.headers.host) ? upgrade(request, socket, head) : refuse(socket, 421);
  const port = await listenOnLoopback(
    options.port,
    () => makeServer(listener, upgradeListener),
    (server) => closers.push(() => closeServer(server)),
  );
  const url = `http://localhost:${port}`;
  const userPool = new UserPool(db, clock);
  const issuer = await Issuer.open(dataDir, `${url}/local`, clock, () => userPool.claims());

  // Another origin than the page's, as in the cloud: with its CORS, and with connections of its own.
  const s3Endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? `http://127.0.0.1:${port}/local/s3`;
  const template = loadTemplate(cdkOut, url, new URL(s3Endpoint).origin);
  const secret = loadSecret(dataDir);
  const definitions = loadFunctions(template, secret, options.environment);

  const principals = new Principals(options.onCall, log, clock);
  const credentials = credentialsFor('the local stack itself', secret);
  principals.add('local', credentials);
  for (const { id, name, credentials: own, statements } of definitions) {
    principals.add(name, own, statements, id);
  }
  const names = (...types: string[]) =>
    template.ofType(...types).map((resource) => template.physicalName(resource));
  const faults = new Faults(
    {
      functionIds: definitions.map(({ id }) => id),
      tables: names('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'),
      buckets: names('AWS::S3::Bucket'),
      queues: names('AWS::SQS::Queue'),
      kill: (id, instance) => {
        for (const lambda of lambdas.values()) if (lambda.definition.id === id) lambda.killInstance(instance);
      },
      log,
    },
    options.faults,
  );

  onPhase?.('Starting DynamoDB');
  const external = externalEndpoints(principals);
  const dynoxide = external.dynamoDb
    ? undefined
    : await startDynoxide(path.join(dataDir, 'dynamodb.sqlite'), log, (reason) =>
        options.onFailure?.(reason),
      );
  if (dynoxide) closers.push(() => dynoxide.close());
  const endpoint = external.dynamoDb ?? dynoxide?.endpoint ?? '';
  const clientSettings = { endpoint, region, credentials: external.credentials ?? credentials };
  const dynamoDb = new DynamoDBClient(clientSettings);
  const streams = new DynamoDBStreamsClient(clientSettings);
  closers.push(() => {
    dynamoDb.destroy();
    streams.destroy();
  });
  await ensureTables(template, dynamoDb);

  onPhase?.('Starting S3 and the queues');
  const queues = new Queues(db, template, faults, clock);
  const buckets = loadBuckets(template);
  const store = new S3Store(db, dataDir, buckets, queues, clock, options.keepsVersions);
  const s3 = new S3(buckets, store, principals, faults, log);
  const timeToLive = dynoxide && new TimeToLive(dynoxide.file, dynamoDb, clock);
  const expire = async () => {
    await store.expire();
    await timeToLive?.sweep();
  };
  const sweep = setInterval(() => void expire().catch((error) => log(`expiry: ${error}`)), hourMs);
  closers.push(() => clearInterval(sweep));
  clock.onAdvance(expire);
  await expire();

  onPhase?.('Starting the functions');
  const dynamoDbEndpoint = external.dynamoDb ?? `${url}/local/dynamodb`;
  const socketDir = mkdtempSync(path.join(tmpdir(), 'negatoscope-'));
  closers.push(() => rmSync(socketDir, { recursive: true, force: true }));
  // With the code that it is of, so that whoever starts that code again finds it.
  const cacheDir = path.join(cdkOut, 'compile-cache');
  mkdirSync(cacheDir, { recursive: true });
  const guard = new ProcessGuard();
  closers.push(() => guard.close());
  const host: LambdaHost = {
    socketDir,
    guard,
    memory: new MemoryBound(options.memoryMb ?? defaultMemoryMb),
    waiting: { count: 0 },
    concurrency: new AccountConcurrency(options.concurrency),
    clock,
    cacheDir,
    layerPackages: linkLayerPackages(path.join(dataDir, 'layers')),
    environmentFor: (definition) => {
      const { accessKeyId, secretAccessKey } = external.credentials ?? definition.credentials;
      return {
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_ENDPOINT_URL_S3: s3Endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
        DYNAMODB_TIMEOUT_MS: '8000',
        AWS_ENDPOINT_URL_SQS: `${url}/local/sqs`,
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `${url}/local/cognito`,
        AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `${url}/local/sockets`,
      };
    },
    log: (functionName, line) => logFile.write(functionName, line),
  };
  const authorizers = authorizerArns(template);
  const lambdas = new Map(
    definitions.map((definition) => {
      const scaling = authorizers.has(definition.arn)
        ? authorizerScaling
        : { maxInstances: queueConcurrency(template, definition.arn) ?? httpConcurrency };
      return [definition.arn, new LambdaFunction(definition, host, scaling)];
    }),
  );
  const lambdaByArn = (nameOrArn: string) => {
    const lambda =
      lambdas.get(nameOrArn) ?? [...lambdas.values()].find(({ definition }) => definition.name === nameOrArn);
    if (!lambda) throw new StartError(`The template has no function ${nameOrArn}.`);
    return lambda;
  };

  const gateway = new Gateway(template, lambdaByArn, log, clock, secret, options.limitsStreamRate);
  const cloudFront = new CloudFront(template, secret);
  const socketApi = loadSocketApi(template);
  const socketKeys = allowedKeys(template, socketApi?.apiId ?? '', secret);
  const sockets = socketApi && new Sockets(socketApi, lambdaByArn, log, clock, socketKeys);
  const connectionsApi = sockets && new ConnectionsApi(sockets, principals);
  const schedules = new Schedules(template, lambdaByArn, log, clock);
  const rules = new EventRules(template, queues);
  const { clamd } = options;
  const malwareProtection = new MalwareProtection({ template, clamd, store, rules, clock, log });
  closers.push(() => malwareProtection.close());
  const eventSources = await startEventSources({
    template,
    queues,
    db,
    dynamoDb,
    streams,
    faults,
    lambdaByArn,
    putObject: (bucketArn, key, text) => store.putText(bucketArn.split(':').at(-1) ?? '', key, text),
    log,
  });
  closers.push(async () => {
    // The sources first, so that they take the end of a running function for what it is, and no failure of its own.
    const ended = eventSources.close();
    for (const lambda of lambdas.values()) lambda.close();
    await ended;
  });
  // Before the functions end, which hear of it.
  closers.push(() => sockets?.close());
  closers.push(() => schedules.close());
  const throughput = new PartitionThroughput(partitionKeys(template));
  const dynamoDbProxy = new DynamoDbProxy(endpoint, principals, faults, throughput, (table) =>
    eventSources.tableWritten(table),
  );
  const sqsApi = new SqsApi(queues, principals, faults);
  const cognitoApi = new CognitoApi(template, userPool, principals);
  handle = async (request, response, requestUrl) => {
    const { pathname } = requestUrl;
    if (/^\/local\/s3(\/|$)/.test(pathname)) return s3.handle(request, response, requestUrl, '/local/s3');
    if (/^\/local\/dynamodb(\/|$)/.test(pathname)) return dynamoDbProxy.handle(request, response);
    if (/^\/local\/sqs(\/|$)/.test(pathname)) return sqsApi.handle(request, response, requestUrl);
    if (/^\/local\/cognito(\/|$)/.test(pathname)) return cognitoApi.handle(request, response, requestUrl);
    if (connectionsApi && pathname.startsWith('/local/sockets/')) {
      return connectionsApi.handle(request, response, requestUrl);
    }
    // The APIs at their own addresses, past CloudFront.
    if (pathname.startsWith(`${EXECUTE_API}/`)) {
      return gateway.handle(request, response, new URL(requestUrl.href.replace(EXECUTE_API, '')));
    }
    if (pathname.startsWith('/local/')) {
      if (await issuer.handle(request, response, requestUrl)) return;
      return sendLocalError(response, 404, `Nothing is at ${request.method} ${pathname}.`);
    }
    if (options.servePage && !BUILT_WITH_THE_PAGE.test(pathname) && cloudFront.isPage(pathname)) {
      return options.servePage(request, response);
    }
    if (cloudFront.handle(request, response, pathname)) return;
    cloudFront.forward(request, pathname, response);
    return gateway.handle(request, response, requestUrl);
  };
  if (sockets) {
    upgrade = (request, socket, head) => {
      const [pathname = ''] = (request.url ?? '/').split('?');
      if (pathname.startsWith(`${EXECUTE_API}/`)) request.url = request.url?.replace(EXECUTE_API, '');
      else cloudFront.forward(request, pathname);
      return sockets.upgrade(request, socket, head);
    };
  }

  return {
    url,
    s3Endpoint,
    dynamoDbEndpoint,
    credentials,
    logFile: logFile.path,
    functions: [...lambdas.values()],
    faults,
    clock,
    output: (name) => template.output(name),
    token: (user, claims, expiresInSeconds) => issuer.token(user, claims, expiresInSeconds),
    tick: (functionId) => schedules.tick(functionId),
    close,
  };
}

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> | void;
type Handle = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

async function serve(
  handle: Handle,
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
  log: (line: string) => void,
) {
  countPassedBytes(request, response);
  // The SDK corrects its own clock by this header.
  if (clock.shiftMs > 0) response.setHeader('date', new Date(clock.now()).toUTCString());
  try {
    if (!isLocalHost(request.headers.host))
      return sendLocalError(response, 421, 'Expected the host localhost.');
    await handle(request, response, new URL(request.url ?? '/', `http://${request.headers.host}`));
  } catch (error) {
    log(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`);
    request.resume();
    if (response.headersSent) response.destroy();
    else sendLocalError(response, 500, 'The local stack failed: its log says why.');
  }
}

/** A website may point its own name at 127.0.0.1 to read this server as its own origin (DNS rebinding). */
function isLocalHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? '');
}

/** A server of the stack, which is not listening yet. */
function makeServer(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  upgrade: Upgrade,
): Server {
  // To what else a client would change (`h2c`, of curl) the answer is HTTP as it is.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket';
  const server = createServer({ shouldUpgradeCallback }, listener);
  server.on('upgrade', upgrade);
  // An upload may take longer than Node's five minutes, and the SDK keeps its connections longer than five seconds.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 65_000;
  return server;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // What is under way gets a moment to end well.
  const timer = setTimeout(() => server.closeAllConnections(), 1000);
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
}

/** The endpoints that the user has chosen instead of ours; there, policies are that endpoint's business. */
function externalEndpoints(principals: Principals) {
  const { AWS_ENDPOINT_URL_S3: s3, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb } = process.env;
  if (!s3 && !dynamoDb) return {};
  const credentials = {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'local',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
  };
  principals.add('every function', credentials);
  return { dynamoDb, credentials };
}
