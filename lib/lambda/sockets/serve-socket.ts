import { v7 as newId } from 'uuid';
import * as z from 'zod';
import { SOCKET_PATH, type SocketRoute } from '../../api/socket-route.ts';
import { Caller } from '../../domain/access/caller.ts';
import { outcomeOf } from '../../domain/audit/audit-event.ts';
import { auditLog } from '../dependencies.ts';
import { logger } from '../http/response.ts';
import { viewerAddress } from '../http/viewer-address.ts';
import { connect, type Factories } from '../needs.ts';
import { offeredBy } from './socket-token.ts';

/** API Gateway's event for a WebSocket that opens or closes, as far as it is used here. */
const Event = z.object({
  headers: z.record(z.string(), z.string()).nullish(),
  requestContext: z.object({
    connectionId: z.string().min(1),
    requestId: z.string(),
    identity: z.object({ sourceIp: z.string().nullish() }).optional(),
    // API Gateway adds the authorizer's response at `$connect` to each event of the connection.
    authorizer: z.object({
      caller: z.string().transform((text) => Caller.parse(JSON.parse(text))),
      expiresAt: z.coerce.number(),
    }),
  }),
});

/** A WebSocket that opens or closes. */
export interface SocketRequest {
  connectionId: string;
  /** The person who receives messages. */
  caller: Caller;
  /** When the caller's authorization expires, in seconds since 1970. */
  until: number;
  /** The subprotocols that the client offers. */
  offered: string[];
}

/** The response to a handshake; a status of 400 or more refuses it. */
export interface Handshake {
  statusCode: number;
  headers?: Record<string, string>;
}

/**
 * The Lambda of a route of the WebSocket API.
 *
 * The audit log contains who was connected from when until when, and not each message: in that time, a person received
 * the messages about everything that they may access.
 */
export function serveSocket<Deps>(
  route: SocketRoute,
  handle: (request: SocketRequest, deps: Deps) => Promise<Handshake>,
  needs: Factories<NoInfer<Deps>>,
) {
  const connected = connect<Deps>(needs);
  const audit = connect({ log: auditLog });
  return async (event: unknown): Promise<Handshake> => {
    const { headers, requestContext } = Event.parse(event);
    const { connectionId, requestId, identity, authorizer } = requestContext;
    const { caller, expiresAt: until } = authorizer;
    const answer = await handle({ connectionId, caller, until, offered: offeredBy(headers) }, connected());
    const { statusCode: status } = answer;
    await audit().log.append({
      id: newId(),
      at: new Date().toISOString(),
      subject: caller.subject,
      role: caller.role,
      action: route.id,
      method: 'GET',
      path: SOCKET_PATH,
      patientIds: caller.role === 'patient' ? [caller.patientId] : [],
      resources: [`connection ${connectionId}`],
      status,
      outcome: outcomeOf(status),
      requestId,
      address: viewerAddress(headers ?? null, identity?.sourceIp),
    });
    logger.info('socket', { route: route.id, connectionId, status });
    return answer;
  };
}
