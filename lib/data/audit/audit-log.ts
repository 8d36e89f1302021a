import { createHash } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { AuditEvent, SeriesRead } from '../../domain/audit/audit-event.ts';
import { timeOfEvent } from '../../domain/audit/event-id.ts';
import type { Image } from '../../domain/images/image.ts';
import { putAllNew, putOnce } from '../dynamodb/put-once.ts';
import type { Table } from '../dynamodb/table.ts';
import {
  auditEndKey,
  auditKey,
  auditListKeys,
  auditMentionKey,
  auditPatientKeys,
  auditReadKey,
  TABLE_SCHEMA,
} from '../keys.ts';

interface Options {
  /** How long the table keeps an event. */
  days: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * Writes the audit log. Items are only added: the end of an event is an item beside the opened one. So functions need no
 * permission to change the log, and each change of it is a fault.
 */
export class AuditLog {
  readonly #table: Table;
  readonly #days: number;
  /** Events of series that this process has written. */
  readonly #written = new Set<string>();

  constructor(table: Table, { days }: Options) {
    this.#table = table;
    this.#days = days;
  }

  /** Writes an event. If one with this id exists, nothing changes: this is a retry after a lost response. */
  async append(event: AuditEvent): Promise<void> {
    await this.#write(event, auditKey(event.id), false);
  }

  /** Writes the end of an event that was opened: the whole event, with the patients and resources known by now. */
  async complete(event: AuditEvent): Promise<void> {
    await this.#write(event, auditEndKey(event.id), true);
  }

  /**
   * Writes that a person read an instance, or frames of it. A viewer that opens a series sends a request for each of
   * them, so they share one event for each minute, in all lists.
   *
   * @param event the event that this request would have on its own
   */
  async appendRead(event: AuditEvent, { studyUid, seriesUid, sopUid, frames }: SeriesRead): Promise<void> {
    const { at, subject, role, action, address } = event;
    const minute = Math.floor(Date.parse(at) / MINUTE_MS) * MINUTE_MS;
    const named = JSON.stringify([subject, role, action, address, studyUid, seriesUid, event.patientIds]);
    const id = newId({ msecs: minute, random: randomFrom(`${minute} ${named}`) });
    if (!this.#written.has(id)) {
      await this.append({ ...event, id, resources: [`series ${seriesUid}`], isSeries: true });
      // The set is about the current minute only.
      if (this.#written.size >= 100) this.#written.clear();
      this.#written.add(id);
    }
    await putOnce(this.#table, {
      ...auditReadKey(id, sopUid, frames),
      id,
      at,
      resources: [`instance ${sopUid}${frames && ` frames ${frames}`}`],
      ...this.#expiry(id),
    });
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

  /** An event about several patients has one more item (a mention) for each further patient, in that patient's list. */
  async #write(event: AuditEvent, key: ReturnType<typeof auditKey>, isEnd: boolean): Promise<void> {
    const { id, patientIds, subject } = event;
    const [first, ...further] = patientIds;
    const expiry = this.#expiry(id);
    const entry = {
      ...event,
      ...key,
      ...auditListKeys(id, subject, isEnd),
      ...auditPatientKeys(id, first, isEnd),
      ...expiry,
    };
    // A transaction costs twice as much, and most requests are about one patient.
    if (further.length === 0) {
      await putOnce(this.#table, entry);
      return;
    }
    const isSmall = JSON.stringify(event).length <= MENTIONED_WHOLE;
    const mentions = further.map((patientId) => ({
      ...event,
      ...(!isSmall && { patientIds: [patientId], resources: [] }),
      ...auditMentionKey(key, patientId),
      ...auditPatientKeys(id, patientId, isEnd),
      ...expiry,
    }));
    await putAllNew(this.#table, [entry, ...mentions]);
  }

  #expiry(id: string) {
    return { [TABLE_SCHEMA.timeToLive]: Math.ceil((timeOfEvent(id) + this.#days * DAY_MS) / 1000) };
  }
}

/**
 * The characters of an event up to which each mention repeats the whole of it. Longer ones name their own patient only:
 * 200 copies of a page of 200 images would be 2 MB.
 */
const MENTIONED_WHOLE = 800;

/** Deterministic bits instead of random ones, so that writing the same event again has the same id. */
const randomFrom = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16);
