import { STATUS_CODES } from 'node:http';
import { v7 as newId } from 'uuid';
import * as z from 'zod';
import type { SocketReply } from '../../api/show-request.ts';
import { SOCKET_PATH, type SocketRoute } from '../../api/socket-route.ts';
import { Caller } from '../../domain/access/caller.ts';
import { newAuditContext } from '../../domain/audit/audit-context.ts';
import { outcomeOf } from '../../domain/audit/audit-event.ts';
import { DomainError, ERROR_STATUS } from '../../domain/errors.ts';
import { auditLog } from '../dependencies.ts';
import { describeIssues } from '../http/describe-issues.ts';
import { logger } from '../http/response.ts';
import { viewerAddress } from '../http/viewer-address.ts';
import { rateLimiter } from '../middleware/rate-limiting.ts';
import { connect, type Factories } from '../needs.ts';
import { offeredBy } from './socket-token.ts';

/** API Gateway's event for a WebSocket that opens or closes, or for a message of its client, as far as it is used here. */
const Event = z.object({
  headers: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullish(),
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

/** A WebSocket that opens or closes, or a message of its client. */
export interface SocketRequest {
  connectionId: string;
  /** The person who receives messages. */
  caller: Caller;
  /** When the caller's authorization expires, in seconds since 1970. */
  until: number;
  /** The subprotocols that the client offers. */
  offered: string[];
  /**
   * Parses the message.
   *
   * @throws DomainError BAD_REQUEST
   */
  parse: <T>(schema: z.ZodType<T>) => T;
}

/** The response. A status of 400 or more refuses a handshake. */
export interface SocketAnswer {
  statusCode: number;
  headers?: Record<string, string>;
  /** The answer to a message, which API Gateway sends to the client. */
  message?: SocketReply;
}

/**
 * The Lambda of a route of the WebSocket API.
 *
 * The audit log contains who was connected from when until when and what they showed, and not each message that they received:
 * these were about the patient shown or what they did themselves, and about everything that they may access if they showed none.
 */
export function serveSocket<Deps>(
  route: SocketRoute,
  handle: (request: SocketRequest, deps: Deps) => Promise<SocketAnswer>,
  needs: Factories<NoInfer<Deps>>,
) {
  const connected = connect<Deps>(needs);
  const audit = connect({ log: auditLog });
  const limiter = connect({
    count: () => route.rate && rateLimiter({ rate: route.rate, timeoutSeconds: route.timeoutSeconds }),
  });
  return async (event: unknown) => {
    const { headers, body, requestContext } = Event.parse(event);
    const { connectionId, requestId, identity, authorizer } = requestContext;
    const { expiresAt: until } = authorizer;
    const auditContext = newAuditContext();
    const caller = { ...authorizer.caller, auditContext };
    if (caller.role === 'patient') auditContext.patientIds.add(caller.patientId);
    const request = { connectionId, caller, until, offered: offeredBy(headers), parse: parserOf(body) };
    const answered = async () => {
      await limiter().count?.(caller);
      return handle(request, connected());
    };
    const answer = await answered().catch(errorAnswer);
    const { statusCode: status, headers: ofHandshake, message } = answer;
    await audit().log.append({
      id: newId(),
      at: new Date().toISOString(),
      subject: caller.subject,
      ...(caller.name !== undefined && { name: caller.name }),
      role: caller.role,
      action: route.id,
      method: 'GET',
      path: SOCKET_PATH,
      patientIds: [...auditContext.patientIds],
      resources: [`connection ${connectionId}`],
      status,
      outcome: outcomeOf(status),
      requestId,
      address: viewerAddress(headers ?? null, identity?.sourceIp),
    });
    logger.info('socket', { route: route.id, connectionId, status });
    // API Gateway sends the body to the client; the status of an answer to a message is not sent.
    return message
      ? { statusCode: 200, body: JSON.stringify(message) }
      : { statusCode: status, headers: ofHandshake };
  };
}

const parserOf =
  (body: string | null | undefined) =>
  <T>(schema: z.ZodType<T>): T => {
    // API Gateway has found the route in it, so that it is JSON.
    const parsed = schema.safeParse(JSON.parse(body ?? 'null'), { reportInput: true });
    if (parsed.success) return parsed.data;
    throw new DomainError('BAD_REQUEST', 'Validation failed', { details: describeIssues(parsed.error) });
  };

/** The answer that an error of the domain is. Any other becomes API Gateway's own answer. */
function errorAnswer(error: unknown): SocketAnswer {
  if (!(error instanceof DomainError)) throw error;
  const { message, details } = error;
  const statusCode = ERROR_STATUS[error.code];
  const title = STATUS_CODES[statusCode] ?? '';
  return {
    statusCode,
    message: { type: 'ERROR', statusCode, message, error: title, details: [...details] },
  };
}
