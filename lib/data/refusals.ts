import { createHash } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { AuditEvent } from '../domain/audit/audit-event.ts';
import type { AuditLog } from './audit/audit-log.ts';

const MINUTE_MS = 60_000;
/** Events in a minute about one key or one subject. */
export const EVENTS_PER_NAME = 5;
/** Events in a minute of one process: whoever invents names must not fill the log either. */
export const EVENTS_PER_PROCESS = 60;

/**
 * Writes refused credentials into the audit log: in each minute the first ones of a key or a subject.
 *
 * The id of an event follows from the minute, the name and the number of the event, so that the processes of an
 * authorizer write the same few events, without a shared counter that an attacker could make hot. What is left out is
 * counted by a metric and has a line in the log.
 */
export class Refusals {
  readonly #log: Pick<AuditLog, 'append'>;
  #minute = 0;
  #written = 0;
  readonly #byName = new Map<string, number>();

  constructor(log: Pick<AuditLog, 'append'>) {
    this.#log = log;
  }

  /** @param resource the key or the subject that the credentials name. Returns whether the event is in the log. */
  async append(resource: string, event: Omit<AuditEvent, 'id' | 'resources'>): Promise<boolean> {
    const minute = Math.floor(Date.parse(event.at) / MINUTE_MS) * MINUTE_MS;
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#written = 0;
      this.#byName.clear();
    }
    const number = this.#byName.get(resource) ?? 0;
    if (number >= EVENTS_PER_NAME || this.#written >= EVENTS_PER_PROCESS) return false;
    this.#byName.set(resource, number + 1);
    this.#written += 1;
    const random = createHash('sha256').update(`${minute} ${event.action} ${resource} ${number}`).digest();
    const id = newId({ msecs: minute, random: random.subarray(0, 16) });
    await this.#log.append({ ...event, id, resources: [resource] });
    return true;
  }
}
