import { expect, test } from 'vitest';
import { operations } from '../../../functions/operations.ts';
import { errorsOf, type Operation, permissionsOf } from '../../../lib/api/operation.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import {
  freeSlots,
  type RateLimit,
  slotName,
  tooManyRequests,
} from '../../../lib/domain/limits/rate-limit.ts';
import { FrameAllowance } from '../../../lib/lambda/frame-allowance.ts';

/** The slots of all callers, as the table holds them, and the number of writes. */
function slotsOfAll() {
  const bySubject = new Map<string, Record<string, number>>();
  const table = {
    writes: 0,
    acquire: async (subject: string, rateLimits: readonly RateLimit[], now: Date) => {
      table.writes++;
      const slots = bySubject.get(subject) ?? {};
      bySubject.set(subject, slots);
      for (const rateLimit of rateLimits) {
        const free = freeSlots(rateLimit, slots, now);
        if (free.length < (rateLimit.take ?? 1)) throw tooManyRequests(rateLimits, slots, now);
        for (const index of free.slice(0, rateLimit.take ?? 1))
          slots[slotName(rateLimit, index)] = now.getTime() + rateLimit.seconds * 1000;
      }
      return { slots, returnable: {} };
    },
  };
  return table;
}

const person = { subject: 'p' };
const start = Date.parse('2026-03-01T10:00:00Z');

test('Six thousand frames a minute are decoded for a person, in blocks and not by a write for each frame', async () => {
  const table = slotsOfAll();
  const clock = { ms: start };
  const allowance = new FrameAllowance(table, Limits.parse({}), () => new Date(clock.ms));
  for (let frame = 0; frame < 6000; frame++) await allowance.take(person, 1);
  expect(table.writes).toBe(200);
  await expect(allowance.take(person, 1)).rejects.toMatchObject({
    code: 'TOO_MANY_REQUESTS',
    details: ['at most 6000 decoded frames in 60 seconds'],
    headers: { 'retry-after': '60' },
  });
  await allowance.take({ subject: 'another' }, 1);
  clock.ms += 60_000;
  await allowance.take(person, 1);
});

test('The processes of a person share one allowance', async () => {
  const table = slotsOfAll();
  const some = Array.from(
    { length: 4 },
    () => new FrameAllowance(table, Limits.parse({}), () => new Date(start)),
  );
  for (const each of some.slice(0, 3)) await each.take(person, 1980);
  await expect(some[3]?.take(person, 90)).rejects.toBeInstanceOf(DomainError);
});

test('What a process has reserved and not used ends with its minute', async () => {
  const table = slotsOfAll();
  const clock = { ms: start };
  const allowance = new FrameAllowance(table, Limits.parse({}), () => new Date(clock.ms));
  await allowance.take(person, 1);
  clock.ms += 60_000;
  await allowance.take(person, 1);
  expect(table.writes).toBe(2);
});

test('A request for more than a minute’s allowance takes all of it, by writes that DynamoDB takes', async () => {
  const table = slotsOfAll();
  const allowance = new FrameAllowance(table, Limits.parse({}), () => new Date(start));
  await allowance.take(person, 100_000);
  expect(table.writes).toBe(4);
  await expect(allowance.take(person, 1)).rejects.toBeInstanceOf(DomainError);
});

test('Frames are decoded although the allowance can not be counted', async () => {
  const broken = { acquire: () => Promise.reject(new Error('down')) };
  await new FrameAllowance(broken, Limits.parse({})).take(person, 1);
});

test('Without a limit, nothing is counted', async () => {
  const table = slotsOfAll();
  await new FrameAllowance(table, Limits.parse({ framesPerMinute: null })).take(person, 1);
  expect(table.writes).toBe(0);
});

test('Every operation that decodes DICOM pixels declares it, and may count frames', () => {
  const all: readonly Operation[] = operations;
  const decoding = all.filter(({ processes = [] }) =>
    processes.includes('lib/media/dicom/decode/codec-process.ts'),
  );
  expect(decoding.length).toBeGreaterThan(4);
  for (const operation of decoding) {
    expect(operation.decodes, operation.id).toBe(true);
    expect(permissionsOf(operation).requests, operation.id).toBeDefined();
    expect(errorsOf(operation)).toContain('TOO_MANY_REQUESTS');
  }
});
