import type { IncomingMessage } from 'node:http';
import { lastValues, valuesOf } from '../api-gateway/api-event.ts';
import { accountId } from '../template.ts';

/** One open connection as its events name it. */
export interface SocketContext {
  connectionId: string;
  connectedAt: number;
  apiId: string;
  stage: string;
  domainName: string;
  identity: { sourceIp: string; userAgent: string | null };
  /** What the authorizer said of the caller; remembered for the life of the connection. */
  authorizer?: Record<string, string>;
}

/** An event of a connection, as API Gateway (WebSocket) tells functions and authorizers. */
export function describeSocketEvent(
  context: SocketContext,
  routeKey: string,
  requestId: string,
  request?: IncomingMessage,
) {
  const now = new Date();
  const eventType = { $connect: 'CONNECT', $disconnect: 'DISCONNECT' }[routeKey] ?? 'MESSAGE';
  const headers = request && valuesOf(request);
  return {
    ...(headers && { headers: lastValues(headers), multiValueHeaders: headers }),
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
