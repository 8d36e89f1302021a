import type { AuditReader } from '../../data/audit/audit-reader.ts';
import { AuditEvent } from '../../domain/audit/audit-event.ts';
import { dayOf } from '../../domain/audit/event-id.ts';
import { mapInOrder } from '../../domain/in-order.ts';
import type { AuditHeads, ChainHead } from '../../storage/audit-heads.ts';
import { type AuditSegments, SealedChange, sha256 } from '../../storage/audit-segments.ts';
import {
  faultOfHead,
  identify,
  isReadable,
  nameOf,
  readArchive,
  requestOf,
} from '../../storage/verify-audit.ts';

export interface Verification {
  segments: Pick<AuditSegments, 'newest' | 'link' | 'links' | 'segment'>;
  heads: Pick<AuditHeads, 'list' | 'record'>;
  auditReader: Pick<AuditReader, 'storedItem'>;
  now: () => Date;
  /** Whether the time of this run is over. */
  isOver: () => boolean;
  /** How many old links one run examines again. */
  oldLinks: number;
}

/** The result of a run. Without faults, nobody changed what it examined. */
export interface NewVerdict {
  /** The number of the newest link. */
  links: number;
  /** The newest link up to which everything is verified; undefined for an empty chain. */
  head: ChainHead | undefined;
  faults: string[];
}

const HEADS_AT_ONCE = 16;
const ITEMS_AT_ONCE = 16;
const DAY_MS = 86_400_000;

/**
 * Verifies the links since the newest recorded head, with their segments and with the table, and a part of the older
 * ones, another one each day. So a run takes as long for an archive of years as for one of a month.
 *
 * It records the new head only without a fault: otherwise the next run would not find the fault again.
 */
export async function verifyNewLinks(run: Verification): Promise<NewVerdict> {
  const { segments, heads, isOver, oldLinks } = run;
  const now = run.now();
  const faults: string[] = [];
  const recorded = await heads.list();
  const links = await segments.newest();
  let last = recorded.reduce((one, other) => (other.number > one.number ? other : one), EMPTY);
  for await (const fault of mapInOrder(recorded, HEADS_AT_ONCE, async (head) =>
    faultOfHead(head, sha256(await segments.link(head.number)), links),
  )) {
    if (fault) faults.push(fault);
  }
  // A false head proves nothing about the links before it.
  if (faults.length > 0) return { links, head: undefined, faults };

  const archive = (from: number, to: number) => ({
    links: segments.links(from, to),
    segment: (key: string) => segments.segment(key),
  });
  const known = last.number;
  for await (const { link, hash, lines } of readArchive(archive(known + 1, links), faults, last)) {
    for await (const fault of mapInOrder(lines, ITEMS_AT_ONCE, (line) => faultOfLine(line, link, run)))
      if (fault) faults.push(fault);
    last = { number: link, sha256: hash, day: dayOf(now.getTime()) };
    if (isOver()) break;
  }
  const parts = Math.ceil(known / oldLinks);
  if (parts > 0) {
    const before = (Math.floor(now.getTime() / DAY_MS) % parts) * oldLinks;
    const after = before === 0 ? EMPTY : { number: before, sha256: sha256(await segments.link(before)) };
    const old = archive(before + 1, Math.min(before + oldLinks, known));
    for await (const _link of readArchive(old, faults, after)) if (isOver()) break;
  }
  const head = last.number === 0 ? undefined : { ...last, day: dayOf(now.getTime()) };
  if (head && faults.length === 0) await heads.record(head, now);
  return { links, head, faults };
}

const EMPTY: ChainHead = { number: 0, sha256: sha256(''), day: '' };

/** What is wrong with a line of a segment, alone and compared with the table. */
async function faultOfLine(line: unknown, link: number, { auditReader, now }: Verification) {
  const { data } = SealedChange.safeParse(line);
  if (!data) return `a line of link ${link} is damaged`;
  const { change, ...item } = data;
  if (change !== 'INSERT' || !isReadable(item))
    return `${nameOf(item)} was tampered with: link ${link} says ${change}`;
  if (Number(item.expiresAt) * 1000 <= now().getTime()) return undefined;
  const stored = await auditReader.storedItem(item);
  if (!stored) return `${nameOf(item)} is missing in the table`;
  if (identify(stored).digest !== identify(item).digest) return `${nameOf(item)} is not what was sealed`;
  if (item.sk !== 'END') return undefined;
  const begun = AuditEvent.safeParse(await auditReader.storedItem({ pk: item.pk, sk: 'EVENT' })).data;
  const isOfEvent = begun?.outcome === 'opened' && requestOf(begun) === requestOf(AuditEvent.parse(item));
  return isOfEvent ? undefined : `${nameOf(item)} has an end that is not of it`;
}
