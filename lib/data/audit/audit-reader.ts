import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { AuditEvent, CoveredRead } from '../../domain/audit/audit-event.ts';
import { dayOf, firstIdAt, lastIdAt, timeOfEvent } from '../../domain/audit/event-id.ts';
import { DomainError } from '../../domain/errors.ts';
import { FILTERED_BUDGET, type Page, type PageRequest } from '../dynamodb/page.ts';
import { queryShards } from '../dynamodb/query-shards.ts';
import { hasExpired, parseItem, type Table } from '../dynamodb/table.ts';
import {
  auditEndKey,
  auditKey,
  auditOfDay,
  auditOfPatient,
  auditOfPerson,
  auditReadsOf,
  TABLE_SCHEMA,
} from '../keys.ts';

/** A filter for events: by patient, by person, by time. */
export interface AuditFilter {
  patientId?: string | undefined;
  subject?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** An event with what it covers. */
export interface DetailedEvent {
  event: AuditEvent;
  reads: CoveredRead[];
  /** There are more reads than these. */
  hasMoreReads: boolean;
}

/** An item of the table, in any form. */
type StoredItem = Record<string, unknown> & { pk: string; sk: string };

interface Options {
  /** How long the table keeps an event. */
  days: number;
  now?: () => Date;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const CLOCKS_DIFFER_MS = 5 * MINUTE_MS;

/** Reads the audit log. `AuditLog` writes it, and is part of every function; few functions read. */
export class AuditReader {
  readonly #table: Table;
  readonly #days: number;
  readonly #now: () => Date;

  constructor(table: Table, { days, now = () => new Date() }: Options) {
    this.#table = table;
    this.#days = days;
    this.#now = now;
  }

  /** Returns the items of an event as they are stored: the event, its end, and those in the lists of further patients. */
  async itemsOf(id: string): Promise<Record<string, unknown>[]> {
    return (await this.#itemsAt({ pk: auditKey(id).pk })).Items ?? [];
  }

  /** Returns an item as it is stored. Returns undefined if it does not exist. */
  async storedItem({ pk, sk }: { pk: string; sk: string }): Promise<StoredItem | undefined> {
    const { Items = [] } = await this.#itemsAt({ pk, sk, ConsistentRead: true });
    return Items[0] as StoredItem | undefined;
  }

  /** Yields the events of this time, each once, newest first; one that has ended with its end. */
  async *within(from: Date, to: Date): AsyncGenerator<AuditEvent> {
    let cursor: string | undefined;
    do {
      const page = await this.list(
        { from: from.toISOString(), to: to.toISOString() },
        { limit: 500, ...(cursor !== undefined && { cursor }) },
      );
      yield* page.items;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  /**
   * Lists one page of the matching events, newest first; an event that was opened and has ended once, with its end.
   *
   * The page has the requested length unless the list ends, or most of what a request may read is filtered out or
   * empty days: then it is shorter, and may be empty.
   *
   * @throws DomainError BAD_REQUEST for a cursor that this list did not return
   */
  async list(filter: AuditFilter, { limit, cursor }: PageRequest): Promise<Page<AuditEvent>> {
    const { patientId, subject, from } = filter;
    const both = patientId !== undefined && subject !== undefined;
    const first = from === undefined ? 0 : Date.parse(from);
    const events: AuditEvent[] = [];
    let last = cursor;
    let examined = 0;
    for await (const found of this.#queryWithCursors(filter, cursor, Math.ceil(limit / 4) + 1)) {
      if ('daysEndAt' in found) return { items: events, next: found.daysEndAt };
      const { event } = found;
      // After its end, the opened event itself.
      if (event.id === last) continue;
      const isKept =
        (!both || event.subject === subject) &&
        // The id of an event of a series, and of refused credentials, has the beginning of its minute.
        (timeOfEvent(event.id) >= first || Date.parse(event.at) >= first || event.isSeries === true);
      if (last !== undefined && ((isKept && events.length === limit) || examined === FILTERED_BUDGET)) {
        return { items: events, next: last };
      }
      if (isKept) events.push(event);
      last = event.id;
      examined++;
    }
    return { items: events, next: null };
  }

  /** Yields the events before the cursor, newest first. After many days, it ends with a cursor. */
  async *#queryWithCursors(
    { patientId, subject, from, to }: AuditFilter,
    cursor: string | undefined,
    readAtOnce: number,
  ): AsyncGenerator<{ event: AuditEvent } | { daysEndAt: string }> {
    const now = this.#now().getTime();
    const oldest = now - this.#days * DAY_MS;
    const begin = Math.max(
      oldest,
      from === undefined ? 0 : Math.floor(Date.parse(from) / MINUTE_MS) * MINUTE_MS,
    );
    // The clocks of two functions may differ.
    const end = Math.min(
      to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
      now + CLOCKS_DIFFER_MS,
    );
    const upper = cursor === undefined ? lastIdAt(end) : positionOf(cursor);
    const lower = firstIdAt(begin);
    if (lower > upper) return;
    const query = { schema: AuditEvent, keyOf: auditKey, between: [lower, upper] as const };
    const read = (shards: readonly string[], index: 'gsi1' | 'gsi2' | 'gsi3') =>
      queryShards(this.#table, shards, { ...query, index }, readAtOnce);
    const events = async function* (list: ReturnType<typeof read>) {
      for await (const { item: event } of list) yield { event };
    };
    if (patientId !== undefined) return yield* events(read(auditOfPatient(patientId), 'gsi2'));
    if (subject !== undefined) return yield* events(read(auditOfPerson(subject), 'gsi3'));
    let day = startOfDay(Math.min(timeOfEvent(upper), end));
    for (let days = 0; day >= startOfDay(begin); days++, day -= DAY_MS) {
      if (days === DAYS_AT_ONCE) return yield { daysEndAt: firstIdAt(day + DAY_MS) };
      yield* events(read(auditOfDay(dayOf(day)), 'gsi1'));
    }
  }

  /** Returns an event with what it covers, its end if it has one. */
  async get(id: string): Promise<DetailedEvent | undefined> {
    const [whole, end, ...parts] = await Promise.all([
      this.#itemsAt(auditKey(id)),
      this.#itemsAt(auditEndKey(id)),
      ...auditReadsOf(id).map((pk) => this.#itemsAt({ pk })),
    ]);
    const [found] = [...(end.Items ?? []), ...(whole.Items ?? [])];
    if (!found || hasExpired(found, this.#now())) return undefined;
    return {
      event: parseItem(AuditEvent, found),
      reads: parts.flatMap(({ Items = [] }) => Items.map((read) => parseItem(CoveredRead, read))),
      hasMoreReads: parts.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined),
    };
  }

  #itemsAt({ pk, sk, ConsistentRead = false }: { pk: string; sk?: string; ConsistentRead?: boolean }) {
    const { partitionKey, sortKey } = TABLE_SCHEMA;
    const { client, name: TableName } = this.#table;
    return client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: `${partitionKey} = :pk${sk === undefined ? '' : ` AND ${sortKey} = :sk`}`,
        ExpressionAttributeValues: { ':pk': pk, ...(sk !== undefined && { ':sk': sk }) },
        ConsistentRead,
        Limit: READS_OF_PART,
      }),
    );
  }
}

/** Days of the list of all events that one request reads, so that a new log with one old event ends its requests. */
const DAYS_AT_ONCE = 31;

/** Reads of one part of an event that are shown: 150 bytes each. */
const READS_OF_PART = 1000;

const startOfDay = (milliseconds: number) => Math.floor(milliseconds / DAY_MS) * DAY_MS;

/** A cursor is an id or the beginning of one; the page continues before it. */
function positionOf(cursor: string): string {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}[0-9a-f-]{0,23}$/.test(cursor)) return cursor;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: ['cursor is not one that this list gave'],
  });
}
