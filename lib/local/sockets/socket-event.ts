import type { IncomingMessage } from 'node:http';
import { lastValues, valuesOf } from '../api-gateway/api-event.ts';
import { accountId } from '../template.ts';

/** The context of an open connection in its events. */
export interface SocketContext {
  connectionId: string;
  connectedAt: number;
  apiId: string;
  stage: string;
  domainName: string;
  identity: { sourceIp: string; userAgent: string | null };
  /** The authorizer's context; kept for the life of the connection. */
  authorizer?: Record<string, string>;
}

/** An event of a connection in API Gateway's format (WebSocket) for functions and authorizers. */
export function describeSocketEvent(
  context: SocketContext,
  routeKey: string,
  requestId: string,
  now: Date,
  request?: IncomingMessage,
  body?: string,
) {
  const eventType = { $connect: 'CONNECT', $disconnect: 'DISCONNECT' }[routeKey] ?? 'MESSAGE';
  const headers = request && valuesOf(request);
  return {
    ...(headers && { headers: lastValues(headers), multiValueHeaders: headers }),
    ...(body !== undefined && { body }),
    requestContext: {
      ...context,
      accountId,
      routeKey,
      eventType,
      messageDirection: 'IN',
      requestId,
      extendedRequestId: requestId,
      requestTime: now.toUTCString(),
      requestTimeEpoch: now.getTime(),
    },
    isBase64Encoded: false,
  };
}
