import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { AuditEvent, CoveredRead } from '../domain/audit/audit-event.ts';
import type { ChainHead } from './audit-heads.ts';
import { ChainLink, SealedChange, sha256 } from './audit-segments.ts';

/** The result of the verification. Without faults, nobody changed the log. */
export interface Verdict {
  links: number;
  events: number;
  /** Items so new that they need not be sealed yet. */
  unsealed: number;
  /** Events that were opened some time ago and have no end: their functions died, or could not write it. */
  unended: number;
  faults: string[];
}

export interface Archive {
  /** The links of the chain, the oldest one first. */
  links: AsyncIterable<Uint8Array>;
  segment: (key: string) => Promise<Uint8Array | undefined>;
}

/** Events are sealed within seconds. An older event without a seal was inserted by somebody else. */
const SEALED_WITHIN_MS = 15 * 60 * 1000;

/**
 * Verifies that each link has the hash of the previous one and of its segments, that every item was only inserted, that
 * an end belongs to an opened event, that segments and table contain the same items, and that the chain has the links
 * that earlier verifications recorded. The table removes items after their time to live; the segments keep them.
 *
 * @param stored all items of the table, in any order
 */
export async function verifyAudit(
  archive: Archive,
  stored: AsyncIterable<Record<string, unknown>>,
  heads: readonly ChainHead[],
  now: Date,
): Promise<Verdict> {
  const verdict: Verdict = { links: 0, events: 0, unsealed: 0, unended: 0, faults: [] };
  const sealed = new SealedItems(now, verdict);
  const hashes = new Map<number, string>();
  const recorded = new Set(heads.map(({ number }) => number));
  for await (const { link, hash, lines } of readArchive(archive, verdict.faults)) {
    verdict.links = link;
    if (recorded.has(link)) hashes.set(link, hash);
    for (const line of lines) sealed.add(line, link);
  }
  for (const head of heads) {
    const fault = faultOfHead(head, hashes.get(head.number), verdict.links);
    if (fault) verdict.faults.push(fault);
  }
  for await (const item of stored) sealed.compare(item);
  sealed.finish();
  return verdict;
}

/**
 * What contradicts the head that a verification recorded: the chain was cut, or replaced.
 *
 * @param hash the hash of the link of this number
 * @param newest the number of the newest link
 */
export function faultOfHead({ number, sha256, day }: ChainHead, hash: string | undefined, newest: number) {
  if (hash === sha256) return undefined;
  if (number > newest) return `the chain ends at link ${newest}; it had link ${number} on ${day}`;
  return `link ${number} is not the one that was verified on ${day}`;
}

/**
 * Yields the lines of links, and reports faults of the chain.
 *
 * @param after the link before the first of these
 */
export async function* readArchive(
  { links, segment }: Archive,
  faults: string[],
  after: { number: number; sha256: string } = { number: 0, sha256: sha256('') },
) {
  let number = after.number;
  let previous = after.sha256;
  for await (const bytes of links) {
    number += 1;
    const link = ChainLink.safeParse(parseJson(bytes)).data;
    const name = `link ${link?.number ?? number}`;
    if (!link) faults.push(`${name} is damaged`);
    else if (link.number !== number) faults.push(`link ${number} is missing`);
    else if (link.previous !== previous) faults.push(`${name} is not linked to the one before it`);
    number = link?.number ?? number;
    previous = sha256(bytes);
    const lines: unknown[] = [];
    for (const { key, sha256: expected } of link?.segments ?? []) {
      const found = await segment(key);
      if (!found) faults.push(`${key} of ${name} is missing`);
      else if (sha256(found) !== expected) faults.push(`${key} of ${name} was changed`);
      else lines.push(...linesOf(found));
    }
    yield { link: number, hash: previous, lines };
  }
}

const linesOf = (bytes: Uint8Array): unknown[] =>
  gunzipSync(bytes)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => parseJson(Buffer.from(line)));

/** What is known of the sealed items. */
class SealedItems {
  readonly #now: number;
  readonly #verdict: Verdict;
  /** The digest of each item that the table should contain, by its key. */
  readonly #digests = new Map<string, string>();
  /** What the end of an opened event must repeat, by the event's partition key. */
  readonly #open = new Map<string, { at: string; request: string }>();

  constructor(now: Date, verdict: Verdict) {
    this.#now = now.getTime();
    this.#verdict = verdict;
  }

  add(line: unknown, link: number): void {
    const { data } = SealedChange.safeParse(line);
    const { change, ...item } = data ?? { change: 'MODIFY', pk: '?', sk: '?' };
    const { key, digest } = identify(item);
    const known = this.#digests.get(key);
    const fault = this.#faultOf(change, item, known !== undefined && known !== digest);
    if (fault) this.#verdict.faults.push(`${nameOf(item)} ${fault}: link ${link} says ${change}`);
    else if (known === undefined && !this.#hasExpired(item)) {
      this.#digests.set(key, digest);
      if (item.sk === 'EVENT') this.#verdict.events += 1;
    }
  }

  #faultOf(change: string, item: Item, isOther: boolean): string | undefined {
    if (change !== 'INSERT' || isOther || !isReadable(item)) return 'was tampered with';
    const event = AuditEvent.safeParse(item).data;
    if (!event || this.#hasExpired(item)) return undefined;
    if (item.sk === 'EVENT' && event.outcome === 'opened') {
      const hasEnded = this.#digests.has(`${item.pk} END`);
      if (!hasEnded) this.#open.set(item.pk, { at: event.at, request: requestOf(event) });
    } else if (item.sk === 'END') {
      const isOfEvent = this.#open.get(item.pk)?.request === requestOf(event);
      // A batch of lines may be delivered twice.
      const isRepeated = this.#digests.get(identify(item).key) === identify(item).digest;
      if (!isOfEvent && !isRepeated) return 'has an end that is not of it';
      this.#open.delete(item.pk);
    }
    return undefined;
  }

  compare(stored: Record<string, unknown>): void {
    const item = Item.parse(stored);
    const { key, digest } = identify(item);
    const expected = this.#digests.get(key);
    this.#digests.delete(key);
    if (this.#hasExpired(item) || (expected === digest && isReadable(item))) return;
    if (expected === undefined && isReadable(item) && this.#isNew(String(item.at))) {
      this.#verdict.unsealed += 1;
    } else {
      const fault = expected === undefined ? 'is in no segment' : 'is not what was sealed';
      this.#verdict.faults.push(`${nameOf(item)} ${fault}`);
    }
  }

  finish(): void {
    for (const key of this.#digests.keys()) {
      const [pk = '', sk = ''] = key.split(' ');
      this.#verdict.faults.push(`${nameOf({ pk, sk })} is missing in the table`);
    }
    for (const { at } of this.#open.values()) if (!this.#isNew(at)) this.#verdict.unended += 1;
  }

  #hasExpired = ({ expiresAt }: Item): boolean =>
    typeof expiresAt === 'number' && expiresAt * 1000 <= this.#now;
  #isNew = (at: string): boolean => this.#now - Date.parse(at) < SEALED_WITHIN_MS;
}

const Item = z.looseObject({ pk: z.string(), sk: z.string() });
type Item = z.infer<typeof Item>;

export const isReadable = (item: Item): boolean => z.union([AuditEvent, CoveredRead]).safeParse(item).success;

/** The parts of an event that its beginning and its end have in common. */
export const requestOf = ({
  id,
  subject,
  role,
  action,
  method,
  path,
  requestId,
  address,
}: AuditEvent): string => JSON.stringify([id, subject, role, action, method, path, requestId, address]);

export const nameOf = ({ pk, sk }: Pick<Item, 'pk' | 'sk'>): string =>
  `event ${pk.replace('EVENT#', '')}${sk === 'EVENT' ? '' : ` (${sk})`}`;

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

/** The digest of an item's content, independent of the order of its attributes. Positions in lists follow from it. */
export function identify(item: Item) {
  const content = Object.entries(item).filter(([name]) => !/^gsi\d[ps]k$/.test(name));
  return {
    key: `${item.pk} ${item.sk}`,
    digest: sha256(JSON.stringify(content.sort(byName), bigIntAsSealed)),
  };
}
/** The table's client reads a large number as a bigint, `seal-audit` as a number. */
const bigIntAsSealed = (_name: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
