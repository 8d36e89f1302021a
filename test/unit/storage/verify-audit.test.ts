import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { auditEndKey, auditKey, auditReadKey } from '../../../lib/data/keys.ts';
import type { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import type { ChainHead } from '../../../lib/storage/audit-heads.ts';
import { type ChainLink, type SealedChange, sha256 } from '../../../lib/storage/audit-segments.ts';
import { verifyAudit } from '../../../lib/storage/verify-audit.ts';
import { eventOfSystem } from '../../fixtures/audit-events.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const SOON = NOW.getTime() / 1000 + 1000;
const HOURS_AGO = '2026-12-31T20:00:00Z';

type Item = Omit<SealedChange, 'change'>;
const eventOf = (given: Partial<AuditEvent> = {}) => ({ ...eventOfSystem(), at: HOURS_AGO, ...given });
const itemOf = (event: AuditEvent, expiresAt = SOON): Item => ({
  ...event,
  ...auditKey(event.id),
  expiresAt,
});
const endOf = (event: AuditEvent, expiresAt = SOON): Item => ({
  ...event,
  ...auditEndKey(event.id),
  expiresAt,
});
const inserted = (items: readonly Item[]): SealedChange[] =>
  items.map((item) => ({ ...item, change: 'INSERT' }) as SealedChange);

/** An archive of one link for each of the batches. */
function archiveOf(batches: readonly SealedChange[][]) {
  const objects = new Map<string, Uint8Array>();
  const links: Buffer[] = [];
  for (const [index, lines] of batches.entries()) {
    const bytes = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const key = `audit/events/${index}`;
    objects.set(key, bytes);
    const link: ChainLink = {
      number: index + 1,
      previous: sha256(links.at(-1) ?? ''),
      sealedAt: HOURS_AGO,
      segments: [{ key, sha256: sha256(bytes), lines: lines.length }],
    };
    links.push(Buffer.from(JSON.stringify(link)));
  }
  return { objects, links };
}
const verify = (
  { objects, links }: ReturnType<typeof archiveOf>,
  stored: readonly Item[],
  heads: readonly ChainHead[] = [],
) =>
  verifyAudit(
    {
      links: (async function* () {
        yield* links;
      })(),
      segment: async (key) => objects.get(key),
    },
    (async function* () {
      yield* stored;
    })(),
    heads,
    NOW,
  );

test('An opened event, its end and the reads of a series are what they should be', async () => {
  const event = eventOf({ outcome: 'opened' });
  const series = eventOf({ isSeries: true });
  const read = {
    ...auditReadKey(series.id, '1.2.3', '1'),
    id: series.id,
    at: HOURS_AGO,
    resources: ['instance 1.2.3 frames 1'],
    expiresAt: SOON,
  };
  const end = endOf({ ...event, outcome: 'success', status: 200, patientIds: ['P-1'] });
  const stored = [itemOf(event), end, itemOf(series), read];
  const archive = archiveOf([inserted([itemOf(event)]), inserted([end, itemOf(series), read])]);
  expect(await verify(archive, stored)).toEqual({ links: 2, events: 2, unsealed: 0, unended: 0, faults: [] });
});

test('A batch that is sealed twice is no fault', async () => {
  const event = eventOf({ outcome: 'opened' });
  const items = [itemOf(event), endOf({ ...event, outcome: 'success' })];
  const archive = archiveOf([inserted(items), inserted(items)]);
  expect(await verify(archive, items)).toMatchObject({ unended: 0, faults: [] });
});

test('An event that was opened and has no end is counted', async () => {
  const items = [itemOf(eventOf({ outcome: 'opened' }))];
  expect(await verify(archiveOf([inserted(items)]), items)).toMatchObject({ unended: 1, faults: [] });
});

test.each([
  ['of another person', { subject: 'somebody else' }],
  ['of another request', { requestId: 'another' }],
  ['of another operation', { action: 'delete-image' }],
])('An end %s is a fault', async (_whose, changes) => {
  const event = eventOf({ outcome: 'opened' });
  const items = [itemOf(event), endOf({ ...event, ...changes, outcome: 'success' })];
  const { faults } = await verify(archiveOf([inserted(items)]), items);
  expect(faults).toContainEqual(expect.stringContaining('has an end that is not of it'));
});

test('So is an end of an event that was not opened, or had ended', async () => {
  const event = eventOf({ outcome: 'success' });
  const items = [itemOf(event), endOf(event)];
  const { faults } = await verify(archiveOf([inserted(items)]), items);
  expect(faults).toContainEqual(expect.stringContaining('has an end that is not of it'));
});

test('The table may remove what has expired, and nothing else', async () => {
  const old = itemOf(eventOf(), NOW.getTime() / 1000 - 1000);
  const kept = itemOf(eventOf());
  const archive = archiveOf([inserted([old, kept])]);
  expect((await verify(archive, [kept])).faults).toEqual([]);
  // DynamoDB removes it within days.
  expect((await verify(archive, [old, kept])).faults).toEqual([]);
  expect((await verify(archive, [old])).faults).toEqual([`event ${kept.id} is missing in the table`]);
});

test('A segment that is changed or missing is a fault, and so is a missing link', async () => {
  const items = [itemOf(eventOf()), itemOf(eventOf()), itemOf(eventOf())];
  const archive = archiveOf(items.map((item) => inserted([item])));
  expect((await verify(archive, items)).faults).toEqual([]);

  const changed = { ...archive, objects: new Map(archive.objects).set('audit/events/1', gzipSync('{}\n')) };
  expect((await verify(changed, items)).faults).toContain('audit/events/1 of link 2 was changed');

  const without = { ...archive, objects: new Map([...archive.objects].slice(1)) };
  expect((await verify(without, items)).faults).toContain('audit/events/0 of link 1 is missing');

  const shorter = { ...archive, links: [archive.links[0], archive.links[2]] as Buffer[] };
  expect((await verify(shorter, items)).faults).toContain('link 2 is missing');
});

test('A chain whose newest links were removed, with their items, contradicts the recorded head', async () => {
  const items = [itemOf(eventOf()), itemOf(eventOf()), itemOf(eventOf())];
  const archive = archiveOf(items.map((item) => inserted([item])));
  const head = { number: 3, sha256: sha256(archive.links[2] ?? ''), day: '2026-12-31' };
  expect((await verify(archive, items, [head])).faults).toEqual([]);
  const cut = archiveOf(items.slice(0, 2).map((item) => inserted([item])));
  expect((await verify(cut, items.slice(0, 2))).faults).toEqual([]);
  expect((await verify(cut, items.slice(0, 2), [head])).faults).toEqual([
    'the chain ends at link 2; it had link 3 on 2026-12-31',
  ]);
  const replaced = archiveOf([...items.slice(0, 2), itemOf(eventOf())].map((item) => inserted([item])));
  const { faults } = await verify(replaced, items.slice(0, 2), [head]);
  expect(faults).toContain('link 3 is not the one that was verified on 2026-12-31');
});
