import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { auditedStream } from '../../../lib/lambda/middleware/audited-stream.ts';

const never = new AbortController().signal;
const parts = () => Readable.from([Buffer.from('one'), Buffer.from('two'), Buffer.from('three')]);

/** Records whether each audited stream was aborted; `first` resolves with the first record. */
function recorder() {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const written: boolean[] = [];
  const write = async (aborted: boolean) => {
    written.push(aborted);
    resolve(aborted);
  };
  return { written, write, first: promise };
}

test('A stream that is read to its end is audited once, and is complete', async () => {
  const { written, write } = recorder();
  expect((await buffer(auditedStream(parts(), write, never))).toString()).toBe('onetwothree');
  expect(written).toEqual([false]);
});

test('Its last part is not sent if it can not be audited', async () => {
  let read = '';
  const failing = auditedStream(parts(), () => Promise.reject(new Error('no log')), never);
  await expect(async () => {
    for await (const part of failing) read += part;
  }).rejects.toThrow('no log');
  expect(read).toBe('onetwo');
});

test('A stream that is interrupted is audited as interrupted, and its source is closed', async () => {
  const { written, write, first } = recorder();
  const source = parts();
  for await (const _ of auditedStream(source, write, never)) break;
  expect(await first).toBe(true);
  expect([written, source.destroyed]).toEqual([[true], true]);
});

test('So is a stream of which nothing was read', async () => {
  const { written, write, first } = recorder();
  const source = parts();
  auditedStream(source, write, never).destroy();
  expect(await first).toBe(true);
  expect([written, source.destroyed]).toEqual([[true], true]);
});

test('So is a stream whose reader stalls when the function has to end', async () => {
  const { write, first } = recorder();
  const stop = new AbortController();
  const reading = auditedStream(Readable.from(Array(100).fill(Buffer.alloc(65_536))), write, stop.signal);
  const ended = new Promise((resolve) => reading.once('error', resolve));
  await new Promise((resolve) => reading.once('readable', resolve));
  stop.abort();
  expect(await first).toBe(true);
  expect(await ended).toMatchObject({ name: 'AbortError' });
});
