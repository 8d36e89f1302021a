import { Readable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { v7 as newId } from 'uuid';
import { changesState, isAudited, type Operation } from '../../api/operation.ts';
import { AuditLog } from '../../data/audit/audit-log.ts';
import { connectTable } from '../../data/dynamodb/table.ts';
import { environment } from '../environment.ts';
import { type HttpResponse, logger, type Middleware } from '../http/response.ts';
import { auditedStream } from './audited-stream.ts';
import { RequestRecord, seriesReadOf } from './request-record.ts';

/** Time reserved before the timeout to write the end of the event of an unfinished stream; milliseconds. */
const RESERVED_MS = 2000;

/**
 * Writes one audit event for each request.
 *
 * - A request that changes something opens its event before the handler runs, and ends it before the response is sent.
 * - Of a request that reads, the event is written before the response is sent, with its outcome.
 * - A stream opens its event before its first byte, and ends it before its last chunk.
 * - The reads of a series by one person within a minute share one event.
 *
 * If the event can't be written or opened, the request fails, and nothing is changed or sent. If only its end can't be
 * written, the event remains open in the log.
 */
export function auditMiddleware(operation: Operation): { record: Middleware[]; open: Middleware[] } {
  if (!isAudited(operation)) return { record: [], open: [] };
  let log: AuditLog | undefined;
  const records = new WeakMap<APIGatewayProxyEvent, RequestRecord>();
  const recordOf = ({ event }: Pick<Request, 'event'>): RequestRecord => {
    log ??= new AuditLog(connectTable(environment.auditTableName), { days: environment.auditDays });
    // One for each request: if the response fails after its event was written, no second event follows.
    const record = records.get(event) ?? new RequestRecord(log, operation, event, newId());
    records.set(event, record);
    return record;
  };
  const after = async (request: Request & { response: HttpResponse }) => {
    const { event, response, context } = request;
    const record = recordOf(request);
    const { body, statusCode } = response;
    const read = seriesReadOf(event, statusCode);
    if (read) await record.read(read, statusCode);
    else if (body instanceof Readable) {
      const stop = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVED_MS));
      const stream = {
        open: () => record.open(),
        end: (aborted: boolean) => record.end(statusCode, aborted),
      };
      response.body = await auditedStream(body, stream, stop);
    } else await record.end(statusCode);
  };
  return {
    record: [
      {
        after: async (request) => {
          const { response } = request;
          if (!response) return;
          await after({ ...request, response }).catch((cause: unknown) => {
            if (response.body instanceof Readable) response.body.destroy();
            throw cause;
          });
        },
        onError: async (request) => {
          try {
            await recordOf(request).end(request.response?.statusCode ?? 0);
          } catch (error) {
            logger.error('a request is not in the audit log', {
              operation: operation.id,
              error: error as Error,
            });
          }
        },
      },
    ],
    open: changesState(operation) ? [{ before: (request) => recordOf(request).open() }] : [],
  };
}

type Request = Parameters<NonNullable<Middleware['before']>>[0];
