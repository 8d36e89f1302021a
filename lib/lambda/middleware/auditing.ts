import { Readable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { v7 as newId } from 'uuid';
import { isAudited, type Operation } from '../../api/operation.ts';
import { AuditLog } from '../../data/audit-log.ts';
import { connectTable } from '../../data/table.ts';
import { Caller } from '../../domain/access/caller.ts';
import { type AuditEvent, outcomeOf } from '../../domain/audit/audit-event.ts';
import { environment } from '../environment.ts';
import { logger, type Middleware } from '../http/response.ts';
import { viewerAddress } from '../http/viewer-address.ts';
import { auditContextOf } from './audit-context-of.ts';
import { auditedStream } from './audited-stream.ts';

/** Time reserved before the timeout to write the audit event of an unfinished stream; milliseconds. */
const RESERVED_MS = 2000;

/**
 * Writes one audit event for each request, before the response is sent; for a stream, before its last chunk is sent.
 * If the event can't be written, the request fails and its response is not sent.
 */
export function auditMiddleware(operation: Operation): Middleware[] {
  if (!isAudited(operation)) return [];
  let log: AuditLog | undefined;
  const write = (event: APIGatewayProxyEvent, id: string, status: number, aborted = false) => {
    log ??= new AuditLog(connectTable(environment.auditTableName));
    const described = describe(operation, event);
    return log.append({ ...described, id, status, outcome: aborted ? 'aborted' : outcomeOf(status) });
  };
  return [
    {
      // One id for each request: if the response fails after its event was written, no second event follows.
      before: ({ internal }) => {
        internal.auditId = newId();
      },
      after: async ({ event, response, context, internal: { auditId: id = newId() } }) => {
        if (!response) return;
        const { body, statusCode } = response;
        if (body instanceof Readable) {
          const stop = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVED_MS));
          response.body = auditedStream(body, (aborted) => write(event, id, statusCode, aborted), stop);
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
  const { patientIds, resources, reason } = auditContextOf(event);
  const isPublic = operation.auth === 'public';
  const caller = isPublic ? undefined : Caller.safeParse(JSON.parse(authorizer?.caller ?? 'null')).data;
  return {
    at: new Date().toISOString(),
    subject: caller?.subject ?? null,
    role: isPublic ? 'link' : (caller?.role ?? null),
    action: operation.id,
    method: event.httpMethod,
    // The path of a public operation may contain a secret, such as the token of a link.
    path: isPublic ? operation.path : event.path,
    patientIds: [...patientIds],
    resources: [...resources],
    requestId,
    address: viewerAddress(event.headers, identity?.sourceIp),
    ...(reason !== undefined && { reason }),
  };
}
