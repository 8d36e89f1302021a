import { AuditEvent } from '../../domain/audit/audit-event.ts';
import { dayOf } from '../../domain/audit/event-id.ts';
import type { AuditSegments } from '../../storage/audit-segments.ts';

/** Methods of requests that only read. */
const READS = ['', 'GET', 'HEAD', 'OPTIONS'];
const DAY_MS = 86_400_000;

/**
 * Returns what people and systems changed since a time, oldest first, as the archive of the audit log has it. Nobody can change or
 * delete the archive, so that it still knows what a lost table does not.
 */
export async function changesSince(
  segments: Pick<AuditSegments, 'sealedSince'>,
  since: Date,
  now: Date,
): Promise<AuditEvent[]> {
  const found = new Map<string, AuditEvent>();
  for (let day = startOfDay(since); day <= now.getTime(); day += DAY_MS) {
    for await (const line of segments.sealedSince(dayOf(day), since)) {
      if (line.sk !== 'EVENT' && line.sk !== 'END') continue;
      const event = AuditEvent.safeParse(line).data;
      if (!event || READS.includes(event.method)) continue;
      // The end of an event has all of it.
      if (line.sk === 'END' || !found.has(event.id)) found.set(event.id, event);
    }
  }
  return [...found.values()]
    .filter(({ at }) => Date.parse(at) >= since.getTime())
    .sort((one, other) => (one.at < other.at ? -1 : 1));
}

const startOfDay = (time: Date) => Math.floor(time.getTime() / DAY_MS) * DAY_MS;

/** The ids of the resources of this kind that an event names. */
export const idsIn = ({ resources }: AuditEvent, kind: string): string[] =>
  resources.flatMap((resource) => (resource.startsWith(`${kind} `) ? resource.slice(kind.length + 1) : []));
