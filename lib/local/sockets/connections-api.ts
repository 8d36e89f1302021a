import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principals } from '../iam/principals.ts';
import { verifySignature } from '../iam/sigv4.ts';
import { readBody } from '../request-body.ts';
import { accountId, region } from '../template.ts';
import type { Sockets } from './sockets.ts';

/** API Gateway quotas, "WebSocket message payload size". */
const messageLimitBytes = 128 * 1024;

/**
 * API Gateway's API for open connections: `POST`, `GET` and `DELETE /@connections/{id}`, for callers with the
 * permission.
 */
export class ConnectionsApi {
  readonly #sockets: Sockets;
  readonly #principals: Principals;

  constructor(sockets: Sockets, principals: Principals) {
    this.#sockets = sockets;
    this.#principals = principals;
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readBody(request, messageLimitBytes);
    if (!body) return answer(response, 413, 'PayloadTooLargeException');
    const id = /\/(?:@|%40)connections\/([^/]+)$/.exec(url.pathname)?.[1];
    if (id === undefined) return answer(response, 404, 'NotFoundException');
    const method = request.method ?? '';
    const connectionId = decodeURIComponent(id);
    if (!this.#may(request, url, body, `${method}/@connections/${connectionId}`)) {
      return answer(response, 403, 'ForbiddenException');
    }
    const connection = this.#sockets.connection(connectionId);
    if (!connection) return answer(response, 410, 'GoneException');
    switch (method) {
      case 'POST':
        await connection.send(body);
        return answer(response, 200);
      case 'GET': {
        const { connectedAt, identity } = connection.context;
        return answer(response, 200, undefined, {
          connectedAt: new Date(connectedAt),
          identity,
          lastActiveAt: new Date(connection.lastActiveAt),
        });
      }
      case 'DELETE':
        connection.close();
        return answer(response, 204);
      default:
        return answer(response, 403, 'ForbiddenException');
    }
  }

  #may(request: IncomingMessage, url: URL, body: Buffer, what: string): boolean {
    try {
      const signer = verifySignature(request, url, this.#principals, 'execute-api');
      const digest = createHash('sha256').update(body).digest('hex');
      if (request.headers['x-amz-content-sha256'] !== digest) return false;
      const { apiId, stage } = this.#sockets.api;
      const resource = `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${what}`;
      return this.#principals.may(signer, { action: 'execute-api:ManageConnections', resource });
    } catch {
      return false;
    }
  }
}

function answer(response: ServerResponse, statusCode: number, errorType?: string, value: unknown = {}) {
  response.writeHead(statusCode, {
    'content-type': 'application/json',
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
  });
  response.end(statusCode === 204 ? undefined : JSON.stringify(value));
}
