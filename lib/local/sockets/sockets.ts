import { randomBytes, randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod';
import { verdictOf } from '../api-gateway/authorizer.ts';
import { Throttle } from '../api-gateway/throttle.ts';
import { KEY_HEADER } from '../api-gateway/usage-plans.ts';
import type { Clock } from '../clock.ts';
import type { LambdaFunction } from '../lambda/lambda.ts';
import { OverloadError } from '../lambda/waiting-line.ts';
import { accountId, region } from '../template.ts';
import { SocketConnection } from './socket-connection.ts';
import { describeSocketEvent, type SocketContext } from './socket-event.ts';
import type { SocketApi } from './socket-routes.ts';

/**
 * Largest message of a client (API Gateway quotas, "WebSocket message payload size"). The quota for frames is not
 * enforced.
 */
const messageLimitBytes = 128 * 1024;
/** How long the shutdown of the stack waits for `$disconnect`. */
const disconnectTimeoutMs = 3000;

const Handshake = z.object({
  statusCode: z.coerce.number().int().default(200),
  headers: z.record(z.string(), z.string()).nullish(),
});

const Answer = z.object({ body: z.string().optional() });

const refusals = { UNAUTHORIZED: 401, ACCESS_DENIED: 403 } as const;

/** API Gateway's WebSocket API as the template declares it: the handshake, its authorizer, the routes, the limits. */
export class Sockets {
  readonly api: SocketApi;
  readonly #lambdaByArn: (arn: string) => LambdaFunction;
  readonly #log: (line: string) => void;
  readonly #clock: Clock;
  readonly #throttle: Throttle;
  readonly #keys: ReadonlySet<string>;
  readonly #connections = new Map<string, SocketConnection>();
  readonly #disconnecting = new Set<Promise<unknown>>();
  #isClosing = false;
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageLimitBytes,
    // Only a subprotocol that the `$connect` function selected; the library's own choice could be the token.
    handleProtocols: (_protocols, request) => this.#subprotocols.get(request) ?? false,
  });

  constructor(
    api: SocketApi,
    lambdaByArn: (arn: string) => LambdaFunction,
    log: (line: string) => void,
    clock: Clock,
    keys: ReadonlySet<string>,
  ) {
    this.api = api;
    this.#keys = keys;
    this.#clock = clock;
    this.#lambdaByArn = lambdaByArn;
    this.#log = log;
    this.#throttle = new Throttle(api.throttle, clock);
  }

  connection(id: string): SocketConnection | undefined {
    return this.#connections.get(id);
  }

  /** Handles a handshake. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    try {
      if (this.#isClosing) return refuse(socket, 503);
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      // In the cloud, CloudFront's function removes the slash.
      if (pathname.replace(/\/$/, '') !== `/${this.api.stage}`) return refuse(socket, 404);
      if (!this.#throttle.admits()) return refuse(socket, 429);
      const context: SocketContext = {
        // As long as API Gateway's, with a final character that must be percent-encoded in a path, as there.
        connectionId: `${randomBytes(11).toString('base64url')}=`,
        connectedAt: this.#clock.now(),
        apiId: this.api.apiId,
        stage: this.api.stage,
        domainName: request.headers.host ?? 'localhost',
        identity: {
          sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
          userAgent: request.headers['user-agent'] ?? null,
        },
      };
      const verdict = await this.#authorize(context, request);
      if (!verdict.allowed) {
        return refuse(socket, refusals[verdict.response as keyof typeof refusals] ?? 500);
      }
      const { needsKey = false } = this.api.routes.get('$connect') ?? {};
      if (needsKey && !this.#keys.has(String(request.headers[KEY_HEADER]))) return refuse(socket, 403);
      context.authorizer = verdict.context;
      if (this.#isClosing) return refuse(socket, 503);
      await this.#connect(context, request, socket, head);
    } catch (error) {
      this.#log(`the handshake at ${request.url?.split('?')[0]} failed: ${error}`);
      refuse(socket, error instanceof OverloadError ? 503 : 500);
    }
  }

  /** Closes all connections and invokes `$disconnect` for each. A page that connects again at once would keep the server from its end. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const connection of this.#connections.values()) connection.close();
    const done = async () => {
      while (this.#connections.size + this.#disconnecting.size > 0) {
        await Promise.allSettled(this.#disconnecting);
        await sleep(10);
      }
    };
    await Promise.race([done(), sleep(disconnectTimeoutMs, undefined, { ref: false })]);
  }

  get #now(): Date {
    return new Date(this.#clock.now());
  }

  async #authorize(context: SocketContext, request: IncomingMessage) {
    const { authorizerArn } = this.api.routes.get('$connect') ?? {};
    if (authorizerArn === undefined) return { allowed: true as const, context: {} };
    const { apiId, stage } = this.api;
    const methodArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/$connect`;
    const event = describeSocketEvent(context, '$connect', randomUUID(), this.#now, request);
    return verdictOf(
      () =>
        this.#lambdaByArn(authorizerArn).invoke(
          { type: 'REQUEST', methodArn, ...event },
          { sheddable: true },
        ),
      methodArn,
    );
  }

  async #connect(context: SocketContext, request: IncomingMessage, socket: Duplex, head: Buffer) {
    const answer = Handshake.parse((await this.#invoke('$connect', context, request)) ?? {});
    if (answer.statusCode >= 300) return refuse(socket, answer.statusCode);
    const subprotocol = Object.entries(answer.headers ?? {}).find(([name]) =>
      /^sec-websocket-protocol$/i.test(name),
    );
    if (subprotocol) this.#subprotocols.set(request, subprotocol[1]);
    let isOpen = false;
    this.#server.handleUpgrade(request, socket, head, (client) => {
      isOpen = true;
      this.#open(context, client);
    });
    // The client closed the connection before, or requested an unsupported handshake.
    if (!isOpen) await this.#disconnect(context);
  }

  #open(context: SocketContext, client: WebSocket) {
    const { connectionId } = context;
    this.#connections.set(connectionId, new SocketConnection(context, client, this.#clock));
    client.on('error', (error) => this.#log(`connection ${connectionId}: ${error.message}`));
    client.on('message', (data) => void this.#receive(context, client, String(data)));
    client.once('close', () => {
      const disconnecting = this.#disconnect(context).finally(() =>
        this.#disconnecting.delete(disconnecting),
      );
      this.#disconnecting.add(disconnecting);
      this.#connections.delete(connectionId);
    });
  }

  /** Invokes the function of a message's route, and sends its answer if the route has a response. */
  async #receive(context: SocketContext, client: WebSocket, body: string): Promise<void> {
    const { connectionId } = context;
    const fail = (message: string) =>
      client.send(JSON.stringify({ message, connectionId, requestId: randomUUID() }));
    const routeKey = this.#routeOf(body);
    const { lacksTemplate, answers } = this.api.routes.get(routeKey) ?? {};
    if (lacksTemplate) return fail('Internal server error');
    try {
      const answer = Answer.parse((await this.#invoke(routeKey, context, undefined, body)) ?? {});
      if (answers && answer.body !== undefined) client.send(answer.body);
    } catch (error) {
      this.#log(`${routeKey} failed: ${error}`);
      fail('Internal server error');
    }
  }

  /** A message that is no JSON, or names no route, goes to `$default` (developer guide, "Selection expressions"). */
  #routeOf(body: string): string {
    try {
      const named = (JSON.parse(body) as Record<string, unknown> | null)?.[this.api.routeMember];
      return typeof named === 'string' && !named.startsWith('$') && this.api.routes.has(named)
        ? named
        : '$default';
    } catch {
      return '$default';
    }
  }

  async #disconnect(context: SocketContext): Promise<void> {
    await this.#invoke('$disconnect', context).catch((error) => this.#log(`$disconnect failed: ${error}`));
  }

  async #invoke(
    routeKey: string,
    context: SocketContext,
    request?: IncomingMessage,
    body?: string,
  ): Promise<unknown> {
    const { functionArn } = this.api.routes.get(routeKey) ?? {};
    if (functionArn === undefined) return undefined;
    const requestId = randomUUID();
    const event = describeSocketEvent(context, routeKey, requestId, this.#now, request, body);
    // A client waits for the answers of its handshake and of its messages.
    return this.#lambdaByArn(functionArn).invoke(event, { requestId, sheddable: routeKey !== '$disconnect' });
  }
}

/** Responds to a handshake with an HTTP error. */
export function refuse(socket: Duplex, statusCode: number) {
  if (socket.destroyed) return;
  // Does not wait for the client to close its side: no client can delay the shutdown.
  socket.once('finish', () => socket.destroy());
  const error = STATUS_CODES[statusCode];
  const body = JSON.stringify({ statusCode, message: error, error, details: [] });
  socket.end(
    `HTTP/1.1 ${statusCode} ${error}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}
