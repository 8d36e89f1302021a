import { v7 as newId } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { AuditLog } from '../../lib/data/audit/audit-log.ts';
import { AuditReader } from '../../lib/data/audit/audit-reader.ts';
import type { AuditEvent } from '../../lib/domain/audit/audit-event.ts';
import { eventOfSystem } from '../fixtures/audit-events.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const DAY = 86_400_000;

const database = useOwnDatabase();
let log: AuditLog;
let reader: AuditReader;
beforeAll(() => {
  log = new AuditLog(database.auditTable, { days: 90 });
  reader = new AuditReader(database.auditTable, { days: 90, now: () => new Date(NOW) });
});

const eventAt = (time: number, given: Partial<AuditEvent> = {}): AuditEvent => ({
  ...eventOfSystem(),
  id: newId({ msecs: time }),
  at: new Date(time).toISOString(),
  ...given,
});

/** All pages of the list, and how many there were. */
async function allOf(filter: Parameters<AuditReader['list']>[0], limit: number) {
  const events: AuditEvent[] = [];
  for (let pages = 1, cursor: string | undefined; ; pages++) {
    const page = await reader.list(filter, { limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    events.push(...page.items);
    if (page.next === null) return { events, pages };
    cursor = page.next;
  }
}
const idsOf = (events: readonly AuditEvent[]) => events.map(({ id }) => id);

test('The list of all events is complete and newest first, across shards, days and pages', async () => {
  // Several in a day, in the same millisecond, and after weeks without any.
  const times = [
    ...Array.from({ length: 60 }, (_value, index) => NOW - index * 3_600_000),
    ...Array.from({ length: 20 }, () => NOW - 5 * DAY),
    NOW - 50 * DAY,
    NOW - 89 * DAY,
  ];
  const events = times.map((time) => eventAt(time));
  const expired = eventAt(NOW - 91 * DAY);
  await Promise.all([...events, expired].map((event) => log.append(event)));
  const expected = idsOf(events).sort().reverse();
  for (const limit of [7, 200]) {
    const { events: listed, pages } = await allOf({}, limit);
    expect(idsOf(listed)).toEqual(expected);
    // A request reads 31 days at most.
    expect(pages).toBeLessThanOrEqual(82 / limit + 91 / 30 + 1);
  }
  const during = { from: new Date(NOW - 5 * DAY).toISOString(), to: new Date(NOW - 5 * DAY).toISOString() };
  expect((await allOf(during, 6)).events).toHaveLength(20);
});

test('An opened event is listed until it ends, and then once, with its end', async () => {
  const opened = eventAt(NOW, { subject: 'opener', outcome: 'opened', action: 'delete-image' });
  await log.append(opened);
  expect((await reader.list({ subject: 'opener' }, { limit: 5 })).items).toEqual([opened]);
  const end: AuditEvent = { ...opened, outcome: 'success', status: 204, patientIds: ['P-opened', 'P-other'] };
  await log.complete(end);
  await log.complete(end);
  for (const filter of [
    { subject: 'opener' },
    { patientId: 'P-opened' },
    { patientId: 'P-other' },
    { patientId: 'P-other', subject: 'opener' },
  ]) {
    expect((await reader.list(filter, { limit: 5 })).items).toEqual([end]);
  }
  expect((await allOf({ subject: 'opener' }, 1)).events).toEqual([end]);
  expect((await reader.get(opened.id))?.event).toEqual(end);
});

test('A list that a filter leaves nearly empty ends', async () => {
  expect(await allOf({ patientId: 'P-nobody' }, 5)).toEqual({ events: [], pages: 1 });
  expect((await allOf({ patientId: 'P-opened', subject: 'somebody else' }, 5)).events).toEqual([]);
});

test('An event about many patients and resources is in the list of each, with small items', async () => {
  const patientIds = Array.from({ length: 150 }, (_value, index) => `P-${index}`);
  const resources = patientIds.map((id) => `image 0190c6a4-7b3e-7000-8000-${id.slice(2).padStart(12, '0')}`);
  const event = eventAt(NOW, { subject: 'lister', patientIds, resources });
  await log.append(event);
  expect((await reader.list({ subject: 'lister' }, { limit: 5 })).items).toEqual([event]);
  const { items } = await reader.list({ patientId: 'P-149' }, { limit: 5 });
  expect(items).toEqual([{ ...event, patientIds: ['P-149'], resources: [] }]);
  expect((await reader.get(event.id))?.event).toEqual(event);
});

describe('The reads of a series by one person within a minute', () => {
  const base = { subject: 'reader', role: 'doctor', action: 'get-frames', patientIds: ['P-series'] } as const;
  const reads = async (time: number, sopUids: readonly string[], given: Partial<AuditEvent> = {}) => {
    const event = eventAt(time, { ...base, patientIds: ['P-series'], ...given });
    const series = { studyUid: '1.2', seriesUid: '1.2.3', frames: '1' };
    await Promise.all(sopUids.map((sopUid) => log.appendRead(event, { ...series, sopUid })));
  };

  test('are one event that lists them', async () => {
    const sopUids = Array.from({ length: 300 }, (_value, index) => `1.2.3.${index + 1}`);
    await reads(NOW, sopUids);
    // The same frame again.
    await reads(NOW + 59_000, sopUids.slice(0, 10));
    const { items } = await reader.list({ patientId: 'P-series' }, { limit: 50 });
    expect(items).toMatchObject([{ ...base, resources: ['series 1.2.3'], isSeries: true }]);
    const { reads: covered, hasMoreReads } = (await reader.get(items[0]?.id ?? '')) ?? {};
    expect(covered?.flatMap(({ resources }) => resources).sort()).toEqual(
      sopUids.map((uid) => `instance ${uid} frames 1`).sort(),
    );
    expect(hasMoreReads).toBe(false);
  });

  test('are found by a time in the middle of the minute', async () => {
    const filter = { subject: 'reader', from: new Date(NOW + 30_000).toISOString() };
    expect((await reader.list(filter, { limit: 50 })).items).toMatchObject([{ isSeries: true }]);
  });

  test('are other events in the next minute, for another person, operation or address', async () => {
    await reads(NOW + 60_000, ['1.2.3.1']);
    await reads(NOW, ['1.2.3.1'], { subject: 'another reader' });
    await reads(NOW, ['1.2.3.1'], { action: 'get-rendered-frame' });
    await reads(NOW, ['1.2.3.1'], { address: '192.0.2.1' });
    expect((await reader.list({ patientId: 'P-series' }, { limit: 50 })).items).toHaveLength(5);
  });
});

test('Every item has an end of its time to live after the days of the setting', async () => {
  const event = eventAt(NOW);
  const items: Record<string, unknown>[] = [];
  const client = {
    send: async ({ input }: { input: { Item: object } }) => void items.push({ ...input.Item }),
  };
  const recording = new AuditLog({ name: 'audit', client: client as never }, { days: 10 });
  await recording.append(event);
  await recording.complete(event);
  await recording.appendRead(event, { studyUid: '1', seriesUid: '2', sopUid: '3', frames: '' });
  expect(items.map(({ expiresAt }) => expiresAt)).toEqual(Array(4).fill((NOW + 10 * DAY) / 1000));
});
