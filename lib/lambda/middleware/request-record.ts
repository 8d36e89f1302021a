import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Operation } from '../../api/operation.ts';
import type { AuditLog } from '../../data/audit/audit-log.ts';
import { Caller } from '../../domain/access/caller.ts';
import { aboutOf } from '../../domain/audit/audit-context.ts';
import { type AuditEvent, outcomeOf, type SeriesRead } from '../../domain/audit/audit-event.ts';
import { DomainError } from '../../domain/errors.ts';
import { logger } from '../http/response.ts';
import { viewerAddress } from '../http/viewer-address.ts';
import { auditContextOf } from './audit-context-of.ts';

/** The audit event of one request. */
export class RequestRecord {
  readonly #log: Pick<AuditLog, 'append' | 'appendRead' | 'complete'>;
  readonly #operation: Operation;
  readonly #request: APIGatewayProxyEvent;
  readonly #id: string;
  #isOpen = false;
  /** Why the event could not be opened. */
  #failure: unknown;

  constructor(
    log: Pick<AuditLog, 'append' | 'appendRead' | 'complete'>,
    operation: Operation,
    request: APIGatewayProxyEvent,
    id: string,
  ) {
    this.#log = log;
    this.#operation = operation;
    this.#request = request;
    this.#id = id;
  }

  /**
   * Writes that the request began, if nobody did yet.
   *
   * @throws DomainError SERVICE_UNAVAILABLE
   */
  async open(): Promise<void> {
    if (this.#isOpen) return;
    await this.#log.append(this.#event(0, 'opened')).catch((cause: unknown) => {
      this.#failure = cause;
      unavailable(cause);
    });
    this.#isOpen = true;
  }

  /**
   * Writes how the request ended. If it was opened, a failure is only logged, because the log has an event already.
   *
   * @throws DomainError SERVICE_UNAVAILABLE
   */
  async end(status: number, aborted = false): Promise<void> {
    // Another attempt would fail as well, and could take longer than the function has left.
    if (this.#failure !== undefined) unavailable(this.#failure);
    const event = this.#event(status, aborted ? 'aborted' : outcomeOf(status));
    if (!this.#isOpen) return this.#log.append(event).catch(unavailable);
    await this.#log.complete(event).catch((error: unknown) => {
      logger.error('an event of the audit log stays open', { eventId: this.#id, error: error as Error });
    });
  }

  /**
   * Writes that the request reads an instance of a series.
   *
   * @throws DomainError SERVICE_UNAVAILABLE
   */
  async read(read: SeriesRead, status: number): Promise<void> {
    await this.#log.appendRead(this.#event(status, outcomeOf(status)), read).catch(unavailable);
  }

  #event(status: number, outcome: AuditEvent['outcome']): AuditEvent {
    const { httpMethod, path, headers, requestContext } = this.#request;
    const { requestId, identity, authorizer } = requestContext;
    const context = auditContextOf(this.#request);
    const { patientIds, resources, reason } = context;
    const about = aboutOf(context);
    const isPublic = this.#operation.auth === 'public';
    const caller = isPublic ? undefined : Caller.safeParse(JSON.parse(authorizer?.caller ?? 'null')).data;
    return {
      id: this.#id,
      at: new Date().toISOString(),
      subject: caller?.subject ?? null,
      ...(caller?.name !== undefined && { name: caller.name }),
      role: isPublic ? 'link' : (caller?.role ?? null),
      action: this.#operation.id,
      method: httpMethod,
      // The path of a public operation may contain a secret, such as the token of a link.
      path: isPublic ? this.#operation.path : path,
      patientIds: [...patientIds],
      resources: [...resources],
      ...(about !== undefined && { about }),
      status,
      outcome,
      requestId,
      address: viewerAddress(headers, identity?.sourceIp),
      ...(reason !== undefined && { reason }),
    };
  }
}

/**
 * What a successful request read, if it is one instance of a series: a viewer sends hundreds of them for a series, which
 * share an event.
 */
export function seriesReadOf(request: APIGatewayProxyEvent, status: number): SeriesRead | undefined {
  const { instances, resources } = auditContextOf(request);
  const [only, ...others] = instances;
  if (request.httpMethod !== 'GET' || outcomeOf(status) !== 'success') return undefined;
  if (!only || others.length > 0 || resources.size > 1) return undefined;
  const [sopUid, { studyUid, seriesUid }] = only;
  const frames = request.pathParameters?.frames ?? request.queryStringParameters?.frameNumber ?? '';
  return { studyUid, seriesUid, sopUid, frames };
}

function unavailable(cause: unknown): never {
  throw new DomainError('SERVICE_UNAVAILABLE', 'The audit log can not be written at the moment.', {
    headers: { 'retry-after': '5' },
    cause,
  });
}
