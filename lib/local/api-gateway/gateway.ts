import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { addAbortSignal, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { countdown } from '../lambda/countdown.ts';
import { type LambdaFunction, payloadLimitBytes } from '../lambda/lambda.ts';
import { OverloadError } from '../lambda/waiting-line.ts';
import { sendLocalError } from '../local-error.ts';
import { readBody } from '../request-body.ts';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import { AddressRate } from '../waf/address-rate.ts';
import { functionArnIn, readApiDefinition } from './api-definition.ts';
import { describeRequest } from './api-event.ts';
import { ApiRoutes, type Route } from './api-routes.ts';
import { Authorizer } from './authorizer.ts';
import { Compression } from './compression.ts';
import { GatewayResponses, type GatewayResponseType } from './gateway-response.ts';
import { InvokePermissions } from './invoke-permissions.ts';
import { streamRate } from './stream-rate.ts';
import { Throttle } from './throttle.ts';
import { allowedKeys, KEY_HEADER } from './usage-plans.ts';

const bodyLimitBytes = 10 * 1024 * 1024;
const streamLimitBytes = 200 * 1024 * 1024;
/** Limit for the metadata: a function that writes none would otherwise fill the memory. */
const preludeLimitBytes = 1024 * 1024;
/** When a refused client may come back: as with the 503 of the deployed gateway. */
const retryAfterSeconds = 5;

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Metadata = z
  .object({
    statusCode: z.int().min(100).max(599).default(200),
    headers: z.record(z.string(), headerValue).nullish(),
    multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
    cookies: z.array(z.string()).nullish(),
  })
  .loose();
const ProxyResult = Metadata.extend({
  statusCode: z.coerce.number().int().min(100).max(599),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
});
type Metadata = z.infer<typeof Metadata>;

/** Ends a request with one of the gateway's own responses. */
class GatewayError extends Error {
  readonly type: GatewayResponseType;

  constructor(type: GatewayResponseType, options?: ErrorOptions) {
    super(type, options);
    this.type = type;
  }
}

/** API Gateway as the template declares it: routes, authorizers, limits, timeouts, and its own responses. */
export class Gateway {
  readonly #routes: ApiRoutes;
  readonly #responses: GatewayResponses;
  readonly #authorizers: Map<string, Authorizer>;
  readonly #binaryMediaTypes: string[];
  readonly #lambdaByArn: (arn: string) => LambdaFunction;
  readonly #log: (line: string) => void;
  readonly #clock: Clock;
  readonly #throttle: Throttle;
  readonly #addressRate: AddressRate;
  readonly #compression: Compression;
  readonly #keys: ReadonlySet<string>;
  readonly #limitsStreamRate: boolean;

  constructor(
    template: Template,
    lambdaByArn: (arn: string) => LambdaFunction,
    log: (line: string) => void,
    clock: Clock,
    secret: Buffer,
    limitsStreamRate = false,
  ) {
    this.#clock = clock;
    this.#limitsStreamRate = limitsStreamRate;
    this.#keys = restApiKeys(template, secret);
    const definition = readApiDefinition(template);
    this.#throttle = Throttle.ofStage(template, clock);
    this.#addressRate = AddressRate.of(template, clock);
    this.#compression = new Compression(template);
    const permissions = new InvokePermissions(template);
    this.#routes = new ApiRoutes(definition, permissions);
    this.#responses = new GatewayResponses(definition['x-amazon-apigateway-gateway-responses']);
    this.#binaryMediaTypes = definition['x-amazon-apigateway-binary-media-types'];
    this.#authorizers = new Map(
      Object.entries(definition.components.securitySchemes).flatMap(([name, scheme]) => {
        const { 'x-amazon-apigateway-authorizer': authorizer } = scheme;
        if (!authorizer) return [];
        const arn = functionArnIn(authorizer.authorizerUri) ?? '';
        if (!permissions.allow(arn, authorizer.authorizerCredentials)) {
          throw new StartError(`API Gateway may not invoke ${arn}, which the authorizer ${name} calls.`);
        }
        return [[name, new Authorizer(authorizer, lambdaByArn(arn), clock)] as const];
      }),
    );
    this.#lambdaByArn = lambdaByArn;
    this.#log = log;
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const requestId = randomUUID();
    try {
      await this.#answer(request, response, url, requestId);
    } catch (error) {
      if (error instanceof OverloadError) return this.#shed(request, response, url, error);
      const type = error instanceof GatewayError ? error.type : 'INTEGRATION_FAILURE';
      const reason = error instanceof GatewayError ? error.cause : error;
      if (reason) this.#log(`${requestId} ${request.method} ${url.pathname}: ${type}: ${reason}`);
      request.resume();
      this.#responses.send(response, type, {
        requestId,
        path: url.pathname,
        httpMethod: request.method ?? '',
        stage: 'local',
      });
    }
  }

  /** Refuses a request, which nothing was done for, so that the client can repeat it. */
  #shed(request: IncomingMessage, response: ServerResponse, url: URL, { message }: OverloadError) {
    this.#log(`${request.method} ${url.pathname} is refused: ${message}`);
    request.resume();
    response.setHeader('retry-after', retryAfterSeconds);
    sendLocalError(response, 503, 'The local stack is overloaded.', [message]);
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    requestId: string,
  ): Promise<void> {
    const match = this.#match(request.method ?? 'GET', url.pathname);
    if (!match) throw new GatewayError('MISSING_AUTHENTICATION_TOKEN');
    const { route } = match;
    // Before its body is read and its caller is known: both cost what an overloaded machine does not have.
    const lambda = this.#lambdaByArn(route.functionArn);
    lambda.requireRoom();
    const event = describeRequest(request, url, match, requestId, new Date(this.#clock.now()));
    const blocked = this.#addressRate.blocks(event.headers);
    if (blocked !== undefined) return void response.writeHead(blocked).end();
    if (!this.#throttle.admits()) throw new GatewayError('THROTTLED');
    if (route.authorizer !== undefined) {
      const authorizer = this.#authorizers.get(route.authorizer);
      if (!authorizer) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR');
      const verdict = await authorizer.authorize(event);
      if (!verdict.allowed) throw new GatewayError(verdict.response);
      event.requestContext.authorizer = verdict.context;
    }
    // After the authorizer: the source of the key may be its answer (developer guide, "Choose an API key source").
    if (route.needsKey && !this.#keys.has(String(request.headers[KEY_HEADER])))
      throw new GatewayError('INVALID_API_KEY');
    const body = await readBody(request, bodyLimitBytes);
    if (!body) throw new GatewayError('REQUEST_TOO_LARGE');
    const isBase64Encoded =
      body.length > 0 && this.#isBinary(request.headers['content-type'] ?? 'application/json');
    const text = body.length > 0 ? body.toString(isBase64Encoded ? 'base64' : 'utf8') : null;
    const payload = Buffer.from(JSON.stringify({ ...event, body: text, isBase64Encoded }));
    if (payload.length > payloadLimitBytes) throw new GatewayError('REQUEST_TOO_LARGE');
    if (route.streams) await this.#stream(lambda, payload, requestId, route, response);
    else await this.#buffer(lambda, payload, requestId, route, response, request.headers);
  }

  async #buffer(
    lambda: LambdaFunction,
    payload: Buffer,
    requestId: string,
    route: Route,
    response: ServerResponse,
    { accept = '', 'accept-encoding': encodings }: IncomingHttpHeaders,
  ) {
    const { expired, started, stop } = integrationTimeout(route.timeoutMs);
    const work = lambda.invoke(payload, { requestId, sheddable: true, started });
    const answer = await Promise.race([work, expired]).finally(stop);
    const result = ProxyResult.parse(answer);
    const acceptedType = accept.split(/[,;]/)[0]?.trim() ?? '';
    const isBinary = result.isBase64Encoded && this.#isBinary(acceptedType);
    const plain = Buffer.from(result.body ?? '', isBinary ? 'base64' : 'utf8');
    writeHead(response, result, requestId);
    const isCompressed = response.hasHeader('content-encoding');
    const compressed = isCompressed
      ? undefined
      : await this.#compression.compress(plain, String(encodings ?? ''));
    if (compressed) response.setHeader('content-encoding', 'gzip').removeHeader('content-length');
    const body = compressed ?? plain;
    if (!hasNoBody(result.statusCode) && !response.hasHeader('content-length'))
      response.setHeader('content-length', body.length);
    if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
    response.end(body);
  }

  async #stream(
    lambda: LambdaFunction,
    payload: Buffer,
    requestId: string,
    route: Route,
    response: ServerResponse,
  ) {
    const { expired, started, stop } = integrationTimeout(route.timeoutMs);
    const gone = clientGone(response);
    const work = lambda.invokeStreaming(payload, { requestId, sheddable: true, gone, started });
    try {
      const source = await Promise.race([work, expired]);
      expired.catch((error) => source.destroy(error));
      // If the client disconnects, the function's stream ends, and the function notices it.
      addAbortSignal(gone, source);
      const { metadata, rest } = await readPrelude(source);
      writeHead(response, metadata, requestId);
      response.flushHeaders();
      const limited = limitBytes(streamLimitBytes);
      limited.write(rest);
      if (this.#limitsStreamRate) await pipeline(source, limited, streamRate(), response);
      else await pipeline(source, limited, response);
    } catch (error) {
      if (response.headersSent || gone.aborted) response.destroy();
      else throw error;
      this.#log(`${requestId} ${route.httpMethod} ${route.resourcePath}: the stream broke off: ${error}`);
    } finally {
      stop();
    }
  }

  #match(httpMethod: string, pathname: string) {
    // In the cloud, CloudFront's function removes the slash.
    const withoutSlash = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
    try {
      return this.#routes.match(httpMethod, withoutSlash);
    } catch (cause) {
      throw new GatewayError('BAD_REQUEST_PARAMETERS', { cause }); // malformed percent-encoding
    }
  }

  #isBinary(mediaType: string): boolean {
    const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
    return this.#binaryMediaTypes.some((pattern) => {
      const [wantedMain, wantedSub] = pattern.toLowerCase().replaceAll('~1', '/').split('/');
      const [main, sub] = type.split('/');
      return (wantedMain === '*' || wantedMain === main) && (wantedSub === '*' || wantedSub === sub);
    });
  }
}

/**
 * The limit of an integration, from the start of its function: `expired` is rejected after it. As in AWS, the function
 * continues until its own timeout.
 */
function integrationTimeout(timeoutMs: number) {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  expired.catch(() => undefined);
  let stop = () => {};
  return {
    expired,
    started: (pid: number | undefined) => {
      stop = countdown(pid, timeoutMs, () => reject(new GatewayError('INTEGRATION_TIMEOUT')));
    },
    stop: () => stop(),
  };
}

/** Says that the client of a response has disconnected; perhaps it has already. */
function clientGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const tell = () => gone.abort();
  if (response.closed) tell();
  else response.once('close', tell);
  return gone.signal;
}

/** Reads the metadata that precede a streamed body, up to the eight zero bytes. */
async function readPrelude(source: IncomingMessage): Promise<{ metadata: Metadata; rest: Buffer }> {
  let buffer = Buffer.alloc(0);
  const delimiter = Buffer.alloc(8);
  for (;;) {
    const chunk: Buffer | null = source.read();
    if (chunk) {
      buffer = Buffer.concat([buffer, chunk]);
      const end = buffer.indexOf(delimiter);
      if (end >= 0) {
        const metadata = Metadata.parse(JSON.parse(buffer.subarray(0, end).toString('utf8')));
        return { metadata, rest: buffer.subarray(end + 8) };
      }
      if (buffer.length > preludeLimitBytes) throw new Error('the function streamed no metadata');
    } else {
      if (source.readableEnded || source.destroyed)
        throw source.errored ?? new Error('the function streamed no metadata');
      await new Promise<void>((resolve, reject) => {
        const done = () => {
          source.off('readable', done).off('end', done).off('error', reject).off('close', done);
          resolve();
        };
        source.once('readable', done).once('end', done).once('error', reject).once('close', done);
      });
    }
  }
}

/** Node sets these headers itself. A function's values would make the message invalid. */
const framing = /^(connection|transfer-encoding|keep-alive)$/i;

function writeHead(response: ServerResponse, metadata: Metadata, requestId: string) {
  response.statusCode = metadata.statusCode;
  response.setHeader('x-amzn-requestid', requestId);
  const headers = { ...metadata.headers, ...metadata.multiValueHeaders };
  for (const [name, value] of Object.entries(headers)) {
    if (!framing.test(name)) response.setHeader(name, value);
  }
  if (metadata.cookies?.length) response.setHeader('set-cookie', metadata.cookies);
}

function hasNoBody(statusCode: number): boolean {
  return statusCode < 200 || statusCode === 204 || statusCode === 304;
}

function limitBytes(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new Error(`the response is longer than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}

/** The keys that the template's REST API lets pass. */
function restApiKeys(template: Template, secret: Buffer): ReadonlySet<string> {
  const [api] = template.ofType('AWS::ApiGateway::RestApi');
  return api ? allowedKeys(template, template.physicalName(api), secret) : new Set();
}
