import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  maxWaiting,
  maxWaitingForFunction,
  OverloadError,
  WaitingLine,
} from '../../../lib/local/lambda/waiting-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const fill = (line: WaitingLine<string>, count: number) =>
  Array.from({ length: count }, () => line.join(true));

describe('A line', () => {
  test('serves first who came first', async () => {
    const line = new WaitingLine<string>({ count: 0 });
    const waiting = fill(line, 2);
    line.serve('one');
    line.serve('two');
    expect(await Promise.all(waiting)).toEqual(['one', 'two']);
    expect(line.length).toBe(0);
  });

  test('that is full refuses a request, but no event', async () => {
    const line = new WaitingLine<string>({ count: 0 });
    fill(line, maxWaitingForFunction);
    expect(() => line.join(true)).toThrow(OverloadError);
    const event = line.join(false);
    for (let count = 0; count <= maxWaitingForFunction; count += 1) line.serve(`${count}`);
    expect(await event).toBe(`${maxWaitingForFunction}`);
    fill(line, 1);
  });

  test('refuses a request when all lines together are full', () => {
    const inAll = { count: 0 };
    const lines = [1, 2, 3].map(() => new WaitingLine<string>(inAll));
    for (const line of lines.slice(0, 2)) fill(line, maxWaiting / 2);
    expect(() => lines[2]?.join(true)).toThrow(OverloadError);
    lines[0]?.serve('a process');
    expect(() => lines[2]?.join(true)).not.toThrow();
    expect(inAll.count).toBe(maxWaiting);
  });

  test('refuses a request that has waited as long as a client would, and lets an event wait', async () => {
    const line = new WaitingLine<string>({ count: 0 });
    const request = expect(line.join(true)).rejects.toThrow(OverloadError);
    const event = line.join(false);
    vi.advanceTimersByTime(3_600_000);
    await request;
    expect(line.length).toBe(1);
    line.serve('late');
    expect(await event).toBe('late');
  });

  test('is left by who is gone', async () => {
    const inAll = { count: 0 };
    const line = new WaitingLine<string>(inAll);
    const gone = new AbortController();
    const left = expect(line.join(true, gone.signal)).rejects.toThrow('aborted');
    const stays = line.join(true, new AbortController().signal);
    gone.abort();
    await left;
    expect([line.length, inAll.count]).toEqual([1, 1]);
    line.serve('a process');
    expect(await stays).toBe('a process');
    expect(() => line.join(true, gone.signal)).toThrow('aborted');
    expect(inAll.count).toBe(0);
  });

  test('that closes fails all who wait', async () => {
    const inAll = { count: 0 };
    const line = new WaitingLine<string>(inAll);
    const waiting = Promise.allSettled([line.join(true), line.join(false)]);
    line.close(new Error('the end'));
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(inAll.count).toBe(0);
  });
});
