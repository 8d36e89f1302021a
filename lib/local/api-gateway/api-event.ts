import type { IncomingMessage } from 'node:http';
import { accountId } from '../template.ts';
import type { RouteMatch } from './api-routes.ts';

type MultiValue = Record<string, string[]>;

/** A request in the form of API Gateway's event (REST, payload 1.0), without its body. */
export interface ApiRequest {
  resource: string;
  path: string;
  httpMethod: string;
  headers: Record<string, string>;
  multiValueHeaders: MultiValue;
  queryStringParameters: Record<string, string> | null;
  multiValueQueryStringParameters: MultiValue | null;
  pathParameters: Record<string, string> | null;
  stageVariables: null;
  requestContext: Record<string, unknown> & { requestId: string };
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

/** Describes a request for functions and authorizers. */
export function describeRequest(
  request: IncomingMessage,
  url: URL,
  { route, pathParameters }: RouteMatch,
  requestId: string,
  now: Date,
): ApiRequest {
  const headers = valuesOf(request);
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const query: MultiValue = Object.create(null);
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  const hasQuery = url.searchParams.size > 0;
  return {
    resource: route.resourcePath,
    path: url.pathname,
    httpMethod: request.method ?? 'GET',
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: hasQuery ? lastValues(query) : null,
    multiValueQueryStringParameters: hasQuery ? query : null,
    pathParameters: Object.keys(pathParameters).length > 0 ? pathParameters : null,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId: 'local',
      domainName: request.headers.host ?? 'localhost',
      extendedRequestId: requestId,
      httpMethod: request.method,
      identity: { sourceIp, userAgent: request.headers['user-agent'] ?? null },
      path: url.pathname,
      protocol: `HTTP/${request.httpVersion}`,
      requestId,
      requestTime: now.toUTCString(),
      requestTimeEpoch: now.getTime(),
      resourceId: route.resourcePath,
      resourcePath: route.resourcePath,
      stage: 'local',
    },
  };
}

/** The headers of a request, as API Gateway forwards them. */
export function valuesOf(request: IncomingMessage): MultiValue {
  const headers: MultiValue = Object.create(null);
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (hopByHop.has(name.toLowerCase())) continue;
    // One spelling for each header: a client may send both `X-A` and `x-a`.
    const known = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
    headers[known] = [...(headers[known] ?? []), request.rawHeaders[index + 1] ?? ''];
  }
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  return Object.assign(headers, {
    'X-Forwarded-For': [sourceIp],
    'X-Forwarded-Port': [String(request.socket.localPort)],
    'X-Forwarded-Proto': ['http'],
  });
}

export function lastValues(values: MultiValue): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1) ?? '']));
}
