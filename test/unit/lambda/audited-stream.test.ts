import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { auditedStream } from '../../../lib/lambda/middleware/audited-stream.ts';

const never = new AbortController().signal;
const parts = () => Readable.from([Buffer.from('one'), Buffer.from('two'), Buffer.from('three')]);

/** What was written down, and when it is. */
function ledger() {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const written: boolean[] = [];
  const write = async (aborted: boolean) => {
    written.push(aborted);
    resolve(aborted);
  };
  return { written, write, first: promise };
}

test('A stream that is read to its end is written down once, and is whole', async () => {
  const { written, write } = ledger();
  expect((await buffer(auditedStream(parts(), write, never))).toString()).toBe('onetwothree');
  expect(written).toEqual([false]);
});

test('Its last part does not go out where it can not be written down', async () => {
  let read = '';
  const failing = auditedStream(parts(), () => Promise.reject(new Error('no log')), never);
  await expect(async () => {
    for await (const part of failing) read += part;
  }).rejects.toThrow('no log');
  expect(read).toBe('onetwo');
});

test('One that breaks off in the middle is written down as such, and its source ends', async () => {
  const { written, write, first } = ledger();
  const source = parts();
  for await (const _ of auditedStream(source, write, never)) break;
  expect(await first).toBe(true);
  expect([written, source.destroyed]).toEqual([[true], true]);
});

test('So is one of which nothing was read', async () => {
  const { written, write, first } = ledger();
  const source = parts();
  auditedStream(source, write, never).destroy();
  expect(await first).toBe(true);
  expect([written, source.destroyed]).toEqual([[true], true]);
});

test('So is one whose reader is waited for when the function has to end', async () => {
  const { write, first } = ledger();
  const stop = new AbortController();
  const reading = auditedStream(Readable.from(Array(100).fill(Buffer.alloc(65_536))), write, stop.signal);
  const ended = new Promise((resolve) => reading.once('error', resolve));
  await new Promise((resolve) => reading.once('readable', resolve));
  stop.abort();
  expect(await first).toBe(true);
  expect(await ended).toMatchObject({ name: 'AbortError' });
});
