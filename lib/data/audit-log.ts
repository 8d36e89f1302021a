import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { AuditEvent } from '../domain/audit/audit-event.ts';
import type { Image } from '../domain/images/image.ts';
import { AUDIT_EVENTS, auditKey, auditOfPatient, auditOfPerson } from './keys.ts';
import { type Page, type PageRequest, queryPage } from './page.ts';
import type { Table } from './table.ts';
import { transact } from './transaction.ts';

/** A filter for events: by patient, by person, by time. */
export interface AuditFilter {
  patientId?: string | undefined;
  subject?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The audit log. An event is written once and never changed. */
export class AuditLog {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Writes an event. If one with this id exists, nothing changes: this is a retry after a lost response.
   *
   * An event about several patients has one more item (a mention) for each further patient, in that patient's list.
   */
  async append(event: AuditEvent): Promise<void> {
    const { id, patientIds, subject } = event;
    const [first, ...further] = patientIds;
    const entry = {
      ...event,
      ...auditKey(id),
      gsi1pk: AUDIT_EVENTS,
      gsi1sk: id,
      ...patientIndexKey(first, id),
      ...(subject !== null && { gsi3pk: auditOfPerson(subject), gsi3sk: id }),
    };
    const mentions = further.map((patientId) => {
      const own = newId({ msecs: Date.parse(event.at), random: randomFrom(`${id} ${patientId}`) });
      return { ...event, id: own, ...auditKey(own), ...patientIndexKey(patientId, own) };
    });
    // A transaction costs twice as much, and most requests are about one patient.
    if (mentions.length === 0) return this.#put(entry);
    const items = [entry, ...mentions];
    for (let from = 0; from < items.length; from += TRANSACTION_ITEMS) {
      const some = items.slice(from, from + TRANSACTION_ITEMS);
      await transact(
        this.#table,
        some.map((Item) => ({ Put: { Item, ...IF_NOT_EXISTS } })),
      );
    }
  }

  /**
   * Writes an event for a decision of the pipeline about an image or another resource. The event id is derived from the
   * resource, so that it is written once however often the pipeline's event is delivered. It is a version 7 UUID with
   * the upload time.
   */
  async appendDecision(
    action: string,
    { id, patientId, uploadedAt }: Pick<Image, 'id' | 'patientId' | 'uploadedAt'>,
    now: Date,
    kind = 'image',
  ): Promise<void> {
    await this.append({
      id: newId({ msecs: Date.parse(uploadedAt), random: randomFrom(`${action} ${id}`) }),
      at: now.toISOString(),
      subject: null,
      role: 'system',
      action,
      method: '',
      path: '',
      patientIds: patientId === undefined ? [] : [patientId],
      resources: [`${kind} ${id}`],
      status: 0,
      outcome: 'success',
      requestId: null,
      address: null,
    });
  }

  async #put(Item: Record<string, unknown>): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new PutCommand({ TableName, Item, ...IF_NOT_EXISTS })).catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  /** Lists one page of the matching events, newest first. */
  async list({ patientId, subject, from, to }: AuditFilter, page: PageRequest): Promise<Page<AuditEvent>> {
    const index =
      patientId !== undefined
        ? ({ index: 'gsi2', partition: auditOfPatient(patientId) } as const)
        : subject !== undefined
          ? ({ index: 'gsi3', partition: auditOfPerson(subject) } as const)
          : ({ partition: AUDIT_EVENTS } as const);
    const both = patientId !== undefined && subject !== undefined;
    const query = {
      ...index,
      schema: AuditEvent,
      keyOf: auditKey,
      newestFirst: true,
      ...(both && { keep: (event: AuditEvent) => event.subject === subject }),
      ...((from || to) && {
        between: [firstIdAt(from ?? '1970-01-01T00:00:00Z'), lastIdAt(to ?? '9999-12-31T23:59:59Z')] as const,
      }),
    };
    return queryPage(this.#table, query, page);
  }
}

/** DynamoDB quotas, "Transactions": a list of 200 images may be of 200 patients. */
const TRANSACTION_ITEMS = 100;

/** Deterministic bits instead of random ones, so that writing the same event again has the same id. */
const randomFrom = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16);

const IF_NOT_EXISTS = { ConditionExpression: 'attribute_not_exists(pk)' };
const patientIndexKey = (patientId: string | undefined, id: string) =>
  patientId !== undefined && { gsi2pk: auditOfPatient(patientId), gsi2sk: id };

/** A version 7 UUID begins with its time: 48 bits of milliseconds since 1970 (RFC 9562, 5.7). */
function firstIdAt(time: string): string {
  const hex = Math.max(0, Date.parse(time)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
const lastIdAt = (time: string): string => `${firstIdAt(time)}~`;
