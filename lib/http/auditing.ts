import { Readable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { v7 as newId } from 'uuid';
import { isAudited, type Operation } from '../api/operation.ts';
import { AuditLog } from '../data/audit-log.ts';
import { connectTable } from '../data/table.ts';
import { type AuditEvent, outcomeOf } from '../domain/audit-event.ts';
import { Caller } from '../domain/caller.ts';
import { logger, type Middleware } from './answer.ts';
import { environment } from './environment.ts';
import { recorded } from './recorded.ts';
import { trailOf } from './trail-of.ts';
import { viewerAddress } from './viewer-address.ts';

/** What a function keeps of its time to write the event of a stream that does not end. */
const RESERVED_MS = 2000;

/**
 * Writes one event of the audit log for each request, before its answer leaves or, where that is a stream, before its
 * last part does. An answer that can't be written down is not given: what was read stays unread.
 */
export function auditing(operation: Operation): Middleware[] {
  if (!isAudited(operation)) return [];
  let log: AuditLog | undefined;
  const write = (event: APIGatewayProxyEvent, id: string, status: number, aborted = false) => {
    log ??= new AuditLog(connectTable(environment.auditTableName));
    const described = describe(operation, event);
    return log.append({ ...described, id, status, outcome: aborted ? 'aborted' : outcomeOf(status) });
  };
  return [
    {
      // One id for each request: whose answer fails after its event was written has no second one.
      before: ({ internal }) => {
        internal.auditId = newId();
      },
      after: async ({ event, response, context, internal: { auditId: id = newId() } }) => {
        if (!response) return;
        const { body, statusCode } = response;
        if (body instanceof Readable) {
          const stop = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVED_MS));
          response.body = recorded(body, (aborted) => write(event, id, statusCode, aborted), stop);
        } else await write(event, id, statusCode);
      },
      onError: async ({ event, response, internal: { auditId: id = newId() } }) => {
        await write(event, id, response?.statusCode ?? 0).catch((error: unknown) => {
          logger.error('a request is not in the audit log', {
            operation: operation.id,
            error: error as Error,
          });
        });
      },
    },
  ];
}

function describe(
  operation: Operation,
  event: APIGatewayProxyEvent,
): Omit<AuditEvent, 'id' | 'status' | 'outcome'> {
  const { requestId, identity, authorizer } = event.requestContext;
  const { patientIds, things } = trailOf(event);
  const isPublic = operation.auth === 'public';
  const caller = isPublic ? undefined : Caller.safeParse(JSON.parse(authorizer?.caller ?? 'null')).data;
  return {
    at: new Date().toISOString(),
    subject: caller?.subject ?? null,
    role: isPublic ? 'link' : (caller?.role ?? null),
    action: operation.id,
    method: operation.method,
    // What opens without a token carries its proof in the path.
    path: isPublic ? operation.path : event.path,
    patientIds: [...patientIds],
    things: [...things],
    requestId,
    address: viewerAddress(event.headers, identity?.sourceIp),
  };
}
