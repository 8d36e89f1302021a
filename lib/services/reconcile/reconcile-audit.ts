import { auditKey } from '../../data/keys.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import { dayOf } from '../../domain/audit/event-id.ts';
import { toSealedChange } from '../../storage/audit-segments.ts';
import type { Run } from './run.ts';

/** A function ends within 15 minutes, and its events are sealed within seconds. */
const ENDED_WITHIN_MS = 20 * 60_000;

/** The events that are examined together: their segments are held in memory. */
const AT_ONCE_MS = 24 * 3_600_000;

/**
 * Examines the audit log from a time on: each event that was opened has an end, and each event is in a segment.
 *
 * @returns the time until which it was examined
 */
export async function reconcileAudit(run: Run, after: string | undefined): Promise<string> {
  const latest = run.now().getTime() - ENDED_WITHIN_MS;
  let from = after === undefined ? latest - AT_ONCE_MS : Date.parse(after);
  while (from < latest && !run.isOver()) {
    const to = Math.min(latest, from + AT_ONCE_MS);
    await examineEvents(run, new Date(from), new Date(to));
    from = to;
  }
  return new Date(from).toISOString();
}

async function examineEvents(run: Run, from: Date, to: Date): Promise<void> {
  const sealed = await sealedItems(run, from, to);
  for await (const event of run.auditReader.within(from, to)) {
    await run.findings.examine(`event ${event.id}`, async () => {
      if (!isSealed(event, sealed)) await seal(run, event, sealed);
      if (event.outcome !== 'opened') return;
      const end = { ...event, outcome: 'unknown' as const };
      await run.findings.add('openEvent', `event ${event.id}`, () => run.auditLog.complete(end));
    });
  }
}

/** The sort keys of the sealed items, and whether the event was opened, by partition key. */
type Sealed = Map<string, { sks: Set<string>; isOpened: boolean }>;

async function sealedItems({ auditSegments }: Run, from: Date, to: Date): Promise<Sealed> {
  const sealed: Sealed = new Map();
  const days = new Set([dayOf(from.getTime()), dayOf(to.getTime())]);
  for (const day of days) {
    for await (const { pk, sk, outcome } of auditSegments.sealedSince(day, from)) {
      const known = sealed.get(pk) ?? { sks: new Set<string>(), isOpened: false };
      known.sks.add(sk);
      known.isOpened ||= sk === 'EVENT' && outcome === 'opened';
      sealed.set(pk, known);
    }
  }
  return sealed;
}

const partitionOf = ({ id }: AuditEvent) => auditKey(id).pk;

function isSealed(event: AuditEvent, sealed: Sealed): boolean {
  const found = sealed.get(partitionOf(event));
  const needsEnd = found?.isOpened === true && event.outcome !== 'opened';
  return found?.sks.has('EVENT') === true && (!needsEnd || found.sks.has('END'));
}

async function seal({ auditReader, auditSegments, findings, now }: Run, event: AuditEvent, sealed: Sealed) {
  const known = sealed.get(partitionOf(event))?.sks ?? new Set();
  const items = (await auditReader.itemsOf(event.id)).filter(({ sk }) => !known.has(String(sk)));
  await findings.add('unsealedEvent', `event ${event.id}`, () =>
    auditSegments.append(
      items.map((item) => toSealedChange('INSERT', item)),
      now(),
    ),
  );
}
