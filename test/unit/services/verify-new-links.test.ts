import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { auditKey } from '../../../lib/data/keys.ts';
import { verifyNewLinks } from '../../../lib/services/audit/verify-new-links.ts';
import type { ChainHead } from '../../../lib/storage/audit-heads.ts';
import { type ChainLink, type SealedChange, sha256 } from '../../../lib/storage/audit-segments.ts';
import { eventOfSystem } from '../../fixtures/audit-events.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const SOON = NOW.getTime() / 1000 + 1000;
const itemOf = (event = eventOfSystem()) => ({ ...event, ...auditKey(event.id), expiresAt: SOON });
type Item = ReturnType<typeof itemOf>;

/** A log in memory, with one link for each item. */
class Log {
  readonly links: Buffer[] = [];
  readonly segments = new Map<string, Uint8Array>();
  readonly table = new Map<string, Item>();
  readonly heads: ChainHead[] = [];
  readonly read: string[] = [];

  add(item = itemOf(), change: SealedChange['change'] = 'INSERT') {
    const bytes = gzipSync(`${JSON.stringify({ ...item, change })}\n`);
    const number = this.links.length + 1;
    const key = `segment ${number}`;
    this.segments.set(key, bytes);
    const link: ChainLink = {
      number,
      previous: sha256(this.links.at(-1) ?? ''),
      sealedAt: NOW.toISOString(),
      segments: [{ key, sha256: sha256(bytes), lines: 1 }],
    };
    this.links.push(Buffer.from(JSON.stringify(link)));
    if (change === 'INSERT') this.table.set(item.pk, item);
    return item;
  }

  verify(isOver = () => false, now = NOW) {
    const { links, segments, table, heads, read } = this;
    const link = async (number: number) => links[number - 1] ?? new Uint8Array();
    return verifyNewLinks({
      segments: {
        newest: async () => links.length,
        link,
        async *links(from, to) {
          for (let number = from; number <= to; number++) yield link(number);
        },
        segment: async (key) => {
          read.push(key);
          return segments.get(key);
        },
      },
      heads: { list: async () => [...heads], record: async (head) => void heads.push(head) },
      auditReader: { storedItem: async ({ pk }) => table.get(pk) },
      now: () => now,
      isOver,
      oldLinks: 20,
    });
  }
}

const logOf = (count: number) => {
  const log = new Log();
  for (let i = 0; i < count; i++) log.add();
  return log;
};

test('A run records the newest link, and the next one begins after it', async () => {
  const log = logOf(2);
  expect(await log.verify()).toMatchObject({ links: 2, head: { number: 2 }, faults: [] });
  expect(log.heads).toEqual([{ number: 2, sha256: sha256(log.links[1] ?? ''), day: '2027-01-01' }]);
  log.add();
  expect(await log.verify()).toMatchObject({ links: 3, head: { number: 3 }, faults: [] });
});

test('A tail that was removed from the chain, the segments and the table is a fault each day', async () => {
  const log = logOf(3);
  await log.verify();
  log.links.pop();
  log.segments.delete('segment 3');
  log.table.delete([...log.table.keys()][2] ?? '');
  const fault = 'the chain ends at link 2; it had link 3 on 2027-01-01';
  expect((await log.verify()).faults).toEqual([fault]);
  // A new link in the place of the removed one hides nothing.
  log.add();
  for (const _day of [1, 2]) {
    expect((await log.verify()).faults).toEqual(['link 3 is not the one that was verified on 2027-01-01']);
  }
  expect(log.heads).toHaveLength(1);
});

test('A run whose time is over records what it has verified, and the next one continues there', async () => {
  const log = logOf(3);
  expect(await log.verify(() => true)).toMatchObject({ links: 3, head: { number: 1 } });
  expect(await log.verify(() => true)).toMatchObject({ links: 3, head: { number: 2 } });
  expect(await log.verify()).toMatchObject({ head: { number: 3 }, faults: [] });
});

test.each([
  [
    'changed',
    (log: Log, item: Item) => log.add({ ...item, subject: 'other' }, 'MODIFY'),
    'was tampered with',
  ],
  ['deleted', (log: Log, item: Item) => log.add(item, 'REMOVE'), 'was tampered with'],
  ['missing in the table', (log: Log, item: Item) => log.table.delete(item.pk), 'is missing in the table'],
  [
    'another one in the table',
    (log: Log, item: Item) => log.table.set(item.pk, { ...item, subject: 'other' }),
    'is not what was sealed',
  ],
])('A new event that is %s is a fault', async (_what, tamper, fault) => {
  const log = logOf(1);
  const item = log.add();
  tamper(log, item);
  const { faults } = await log.verify();
  expect(faults.join()).toContain(`event ${item.id} ${fault}`);
  expect(log.heads).toEqual([]);
});

test('An end whose event was not opened is a fault', async () => {
  const log = logOf(1);
  const item = itemOf();
  log.add({ ...item, sk: 'END' });
  expect((await log.verify()).faults).toEqual([`event ${item.id} (END) has an end that is not of it`]);
});

test('Old segments are examined again', async () => {
  const log = logOf(3);
  await log.verify();
  log.segments.set('segment 2', gzipSync('{}\n'));
  expect((await log.verify()).faults).toEqual(['segment 2 of link 2 was changed']);
});

test('One run examines a part of an old archive, and all parts have their day', async () => {
  const log = logOf(41);
  await log.verify();
  const examined = new Set<string>();
  for (let day = 0; day < 3; day++) {
    log.read.length = 0;
    await log.verify(() => false, new Date(NOW.getTime() + day * 86_400_000));
    expect(log.read.length).toBeLessThanOrEqual(20);
    for (const key of log.read) examined.add(key);
  }
  expect(examined.size).toBe(41);
});
