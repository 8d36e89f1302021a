import { AuditEvent } from '../domain/audit/audit-event.ts';
import { Segment, sha256 } from './audit-segments.ts';

/** The result of the verification. Without faults, nobody changed the log. */
export interface Verdict {
  segments: number;
  events: number;
  /** Events so new that they need not be sealed yet. */
  unsealed: number;
  faults: string[];
}

/** Events are sealed within seconds. An older event without a seal was inserted by somebody else. */
const SEALED_WITHIN_MS = 15 * 60 * 1000;

/**
 * Verifies that each segment has the hash of the previous one, that every event was only inserted, and that segments
 * and table contain the same events.
 *
 * @param segments the objects, the first one first
 * @param stored all events of the table, in any order
 */
export async function verifyAudit(
  segments: AsyncIterable<Uint8Array>,
  stored: AsyncIterable<Record<string, unknown>>,
  now: Date,
): Promise<Verdict> {
  const verdict: Verdict = { segments: 0, events: 0, unsealed: 0, faults: [] };
  const sealed = new Map<string, string>();
  let previous = sha256('');
  for await (const bytes of segments) {
    verdict.segments += 1;
    const segment = Segment.safeParse(parseJson(bytes)).data;
    const name = `segment ${segment?.number ?? verdict.segments}`;
    if (!segment) verdict.faults.push(`${name} is damaged`);
    else if (segment.number !== verdict.segments)
      verdict.faults.push(`segment ${verdict.segments} is missing`);
    else if (segment.previous !== previous) verdict.faults.push(`${name} is not linked to the one before it`);
    verdict.segments = segment?.number ?? verdict.segments;
    previous = sha256(bytes);
    for (const { kind, event } of segment?.changes ?? []) {
      const id = String(event.id);
      const digest = digestOf(event);
      const isEvent = AuditEvent.safeParse(event).success;
      if (kind !== 'INSERT' || !isEvent || (sealed.get(id) ?? digest) !== digest) {
        verdict.faults.push(`event ${id} was tampered with: ${name} says ${kind}`);
      } else sealed.set(id, digest);
    }
  }
  verdict.events = sealed.size;
  for await (const item of stored) {
    const event = AuditEvent.safeParse(item).data;
    const id = String(item.id);
    const digest = sealed.get(id);
    sealed.delete(id);
    if (event && digest === digestOf(event)) continue;
    if (event && digest === undefined && now.getTime() - Date.parse(event.at) < SEALED_WITHIN_MS) {
      verdict.unsealed += 1;
    } else verdict.faults.push(`event ${id} ${digest ? 'is not what was sealed' : 'is in no segment'}`);
  }
  for (const id of sealed.keys()) verdict.faults.push(`event ${id} is missing in the table`);
  return verdict;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

/** The digest of an event's content, independent of the order of its attributes. */
const digestOf = (event: object): string => sha256(JSON.stringify(Object.entries(event).sort(byName)));
const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
