import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { auditedStream } from '../../../lib/lambda/middleware/audited-stream.ts';

const never = new AbortController().signal;
const parts = () => Readable.from([Buffer.from('one'), Buffer.from('two'), Buffer.from('three')]);

/** Records what is written of each stream; `ended` resolves with whether the first one was aborted. */
function recorder({ failsAt }: { failsAt?: 'open' | 'end' } = {}) {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const written: string[] = [];
  const open = async () => {
    if (failsAt === 'open') throw new Error('no log');
    written.push('open');
  };
  const end = async (aborted: boolean) => {
    if (failsAt === 'end') throw new Error('no log');
    written.push(aborted ? 'aborted' : 'complete');
    resolve(aborted);
  };
  return { written, event: { open, end }, ended: promise };
}

test('A stream that is read to its end is audited before its first byte and before its last part', async () => {
  const { written, event } = recorder();
  const stream = await auditedStream(parts(), event, never);
  expect(written).toEqual(['open']);
  let read = '';
  for await (const part of stream) {
    read += part;
    if (!read.endsWith('three')) expect(written).toEqual(['open']);
    else expect(written).toEqual(['open', 'complete']);
  }
  expect(read).toBe('onetwothree');
});

test.each([[[]], [['one']]])('A stream of %j is audited once, before it is sent', async (sent: string[]) => {
  const { written, event } = recorder();
  const source = Readable.from(sent.map((text) => Buffer.from(text)));
  const stream = await auditedStream(source, event, never);
  expect(written).toEqual(['complete']);
  expect((await buffer(stream)).toString()).toBe(sent.join(''));
  expect(written).toEqual(['complete']);
});

test('Nothing is sent if its event can not be opened, and its source is closed', async () => {
  const source = parts();
  await expect(auditedStream(source, recorder({ failsAt: 'open' }).event, never)).rejects.toThrow('no log');
  expect(source.destroyed).toBe(true);
});

test('Nothing of a single part is sent if it can not be audited', async () => {
  const source = Readable.from([Buffer.from('one')]);
  await expect(auditedStream(source, recorder({ failsAt: 'end' }).event, never)).rejects.toThrow('no log');
});

test('A source that fails at its beginning is an error, before anything is audited or sent', async () => {
  const { written, event } = recorder();
  const source = new Readable({ read: () => source.destroy(new Error('no bytes')) });
  await expect(auditedStream(source, event, never)).rejects.toThrow('no bytes');
  expect(written).toEqual([]);
});

test('A stream that is interrupted is audited as interrupted, and its source is closed', async () => {
  const { written, event, ended } = recorder();
  const source = parts();
  for await (const _ of await auditedStream(source, event, never)) break;
  expect(await ended).toBe(true);
  expect([written, source.destroyed]).toEqual([['open', 'aborted'], true]);
});

test('So is a stream of which nothing was read', async () => {
  const { written, event, ended } = recorder();
  const source = parts();
  (await auditedStream(source, event, never)).destroy();
  expect(await ended).toBe(true);
  expect([written, source.destroyed]).toEqual([['open', 'aborted'], true]);
});

test('So is a stream whose reader stalls when the function has to end', async () => {
  const { event, ended } = recorder();
  const stop = new AbortController();
  const source = Readable.from(Array(100).fill(Buffer.alloc(65_536)));
  const reading = await auditedStream(source, event, stop.signal);
  const closed = new Promise((resolve) => reading.once('error', resolve));
  await new Promise((resolve) => reading.once('readable', resolve));
  stop.abort();
  expect(await ended).toBe(true);
  expect(await closed).toMatchObject({ name: 'AbortError' });
});

test('So is a stream whose source stalls when the function has to end', async () => {
  const { event, ended } = recorder();
  const stop = new AbortController();
  const texts = ['one', 'two'];
  // The third part never comes.
  const source = new Readable({
    objectMode: true,
    read: () => setImmediate(() => texts.length > 0 && source.push(texts.shift())),
  });
  const reading = await auditedStream(source, event, stop.signal);
  reading.on('error', () => {}).resume();
  stop.abort();
  expect(await ended).toBe(true);
});
