import type { AuditEvent } from '../api/types.ts';
import { sentenceOf } from './audit-sentences.ts';

const COLUMNS = {
  time: ({ at }) => at,
  person: ({ name }) => name,
  subject: ({ who }) => who,
  role: ({ role }) => role,
  did: sentenceOf,
  action: ({ action }) => action,
  patients: ({ patient_ids }) => patient_ids.join(' '),
  things: ({ things }) => things.join('; '),
  outcome: ({ outcome }) => outcome,
  status: ({ status }) => status,
  address: ({ address }) => address,
  reason: ({ reason }) => reason,
  request: ({ request_id }) => request_id,
  event: ({ id }) => id,
} satisfies Record<string, (event: AuditEvent) => string | number | null | undefined>;

/**
 * A field of RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe: names of files are written by
 * anybody (OWASP, "CSV Injection").
 */
function field(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The events as a table of RFC 4180, with a heading; one line for each event. */
export const csvOf = (events: readonly AuditEvent[]): string =>
  [Object.keys(COLUMNS), ...events.map((event) => Object.values(COLUMNS).map((value) => value(event)))]
    .map((line) => `${line.map(field).join(',')}\r\n`)
    .join('');
