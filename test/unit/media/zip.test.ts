import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zipStream } from '../../../lib/media/zip/zip.ts';
import { safeEntryNames } from '../../../lib/media/zip/zip-entry-names.ts';
import { type ZipEntry, zipLayout, zipLength } from '../../../lib/media/zip/zip-layout.ts';
import { entryOf, FOUR_GIB, holesUntil, modified } from '../../fixtures/zip-entries.ts';
import { readZip } from '../../support/unzip.ts';

function zip(files: [name: string, content: Uint8Array][]): Promise<Buffer> {
  const entries = files.map(([name, content]) => entryOf(name, content));
  return buffer(
    zipStream(entries, (_entry, index) => Readable.from([files[index]?.[1]], { objectMode: false })),
  );
}

describe('the archive', () => {
  const files: [string, Buffer][] = [
    ['a.jpg', Buffer.alloc(200_000, 'pixels')],
    ['Röntgen 😀.png', Buffer.from('x')],
    ['empty', Buffer.alloc(0)],
  ];

  test('has the predicted length', async () => {
    const content = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), content)),
        async (given) => {
          const names = safeEntryNames(given.map(([name]) => name));
          const some = given.map(([, bytes], i): [string, Uint8Array] => [names[i] ?? '', bytes]);
          const length = zipLength(some.map(([name, bytes]) => entryOf(name, bytes)));
          expect((await zip(some)).length).toBe(length);
        },
      ),
    );
  });

  test('is the same for the same entries', async () => {
    expect((await zip(files)).equals(await zip(files))).toBe(true);
  });

  test('can be opened also if it is empty', async () => {
    expect(await readZip(await zip([]))).toEqual([]);
  });

  test('has every name, byte, time and mode for a reader', async () => {
    expect(await readZip(await zip(files))).toMatchObject(
      files.map(([name, content]) => ({
        name,
        bytes: content.length,
        content,
        time: [2024, 5, 6, 7, 8, 10],
        mode: 0o100644,
        method: 0,
        // No data descriptor; APPNOTE 4.4.4, bit 11: the name is UTF-8, which ASCII is anyhow.
        flags: name === 'Röntgen 😀.png' ? 0x800 : 0,
      })),
    );
  });

  test('clamps times that MS-DOS, or archiver, cannot represent', async () => {
    const times = ['1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z'].map((time) => new Date(time));
    const entries = times.map((time, i) => ({ name: `${i}`, bytes: 0, crc32: 0, modified: time }));
    const archive = await buffer(zipStream(entries, () => Readable.from([])));
    expect((await readZip(archive)).map(({ time }) => time)).toEqual([
      [1980, 1, 1, 0, 0, 0],
      [2043, 12, 31, 23, 59, 58],
    ]);
  });

  test.each<[string, Partial<ZipEntry>]>([
    ['a size', { bytes: -1 }],
    ['a size in bytes below 4 GiB', { bytes: 0xffffffff }],
    ['an unsigned CRC-32', { crc32: -1 }],
    ['an unsigned CRC-32', { crc32: 2 ** 32 }],
    ['a name of 1 to 65535 bytes', { name: '' }],
    ['a name of 1 to 65535 bytes', { name: 'x'.repeat(65_536) }],
    ['plain names', { name: 'a//b' }],
    ['plain names', { name: 'a/../b' }],
    ['plain names', { name: '/a' }],
    ['plain names', { name: 'c:d' }],
    ['a valid date', { modified: new Date(Number.NaN) }],
  ])('without %s has no predicted length', (expected, wrong) => {
    expect(() => zipLength([{ ...entryOf('x', Buffer.from('x')), ...wrong }])).toThrow(
      `expected ${expected}`,
    );
  });
});

describe('ZIP64', () => {
  const max32 = FOUR_GIB - 1;

  test.each([
    [max32 - 1, false],
    [max32, true],
    [max32 + 1, true],
  ])('a directory at %i needs it: %s', (offset, isZip64) => {
    expect(zipLayout(holesUntil(offset))).toMatchObject({ isZip64 });
  });

  test('an entry at 4 GiB - 1 is refused: archiver would not write its offset', () => {
    const entries = [...holesUntil(max32), entryOf('after', Buffer.from('x'))];
    expect(() => zipLength(entries)).toThrow('where ZIP entry after begins');
  });
});

describe('the stream', () => {
  test('reads one entry ahead and no more, for any number of entries', async () => {
    let given = 0;
    const content = Buffer.alloc(65_536);
    const entries = Array.from({ length: 1000 }, (_value, i) => entryOf(`${i}`, content));
    const archive = zipStream(entries, () => {
      given += content.length;
      return Readable.from([content], { objectMode: false });
    });
    archive.read(1);
    await settle();
    expect(given).toBe(2 * content.length);
    archive.destroy();
  });

  test('stops reading an endless source', async () => {
    let given = 0;
    const chunk = Buffer.alloc(65_536);
    const archive = zipStream([{ name: 'endless', bytes: 2 ** 20, crc32: 0, modified }], () =>
      Readable.from(
        (function* () {
          for (;;) {
            given += chunk.length;
            yield chunk;
          }
        })(),
        { objectMode: false },
      ),
    );
    await expect(buffer(archive)).rejects.toThrow('received more');
    expect(given).toBeLessThan(1_300_000);
  });

  test('reads the first entry alone, so that its beginning is sent as soon as possible', async () => {
    const opened: number[] = [];
    const first = new Readable({ read() {} });
    const entries = [0, 1, 2].map((i) => entryOf(`${i}`, Buffer.from('x')));
    const archive = zipStream(entries, (_entry, index) => {
      opened.push(index);
      return index === 0 ? first : Readable.from([Buffer.from('x')]);
    });
    const received = buffer(archive);
    await settle();
    expect(opened).toEqual([0]);
    first.push('x');
    first.push(null);
    await received;
    expect(opened).toEqual([0, 1, 2]);
  });

  test('opens no source before it is read, then one source ahead, and each one once', async () => {
    const opened: number[] = [];
    const content = Buffer.alloc(500_000);
    const entries = [0, 1, 2, 3, 4].map((i) => entryOf(`${i}`, content));
    const archive = zipStream(entries, (_entry, index) => {
      opened.push(index);
      return Readable.from([content], { objectMode: false });
    });
    await settle();
    expect(opened).toEqual([]);
    archive.read(1);
    await settle();
    expect(opened).toEqual([0, 1]);
    await buffer(archive);
    expect(opened).toEqual([0, 1, 2, 3, 4]);
  });

  test('destroys every open source if its reader is closed', async () => {
    const sources = [0, 1, 2].map(() => new Readable({ read() {} }));
    const entries = [0, 1, 2].map((i) => entryOf(`${i}`, Buffer.from('x')));
    const archive = zipStream(entries, (_entry, index) => sources[index] ?? Readable.from([]));
    sources[0]?.push('x');
    sources[0]?.push(null);
    archive.resume();
    await settle();
    archive.destroy();
    await settle();
    expect(sources.map((source) => source.destroyed)).toEqual([true, true, true]);
  });

  test('destroys a source that opens only after its reader was closed', async () => {
    const opening = Promise.withResolvers<Readable>();
    const archive = zipStream([entryOf('late', Buffer.from('x'))], () => opening.promise);
    archive.read(1);
    await settle();
    archive.destroy();
    const late = new Readable({ read() {} });
    opening.resolve(late);
    await settle();
    expect(late.destroyed).toBe(true);
  });

  test('fails if a source fails, also one that waits for its turn, and destroys the others', async () => {
    const open = new Readable({ read() {} });
    const waiting = new Readable({ read() {} });
    const sources = [Readable.from([Buffer.from('x')]), open, waiting];
    const entries = ['sent', 'open', 'waiting'].map((name) => entryOf(name, Buffer.from('x')));
    const archive = zipStream(entries, (_entry, index) => sources[index] ?? Readable.from([]));
    const received = buffer(archive);
    await settle();
    waiting.destroy(new Error('S3 hung up'));
    await expect(received).rejects.toThrow('S3 hung up');
    expect(open.destroyed).toBe(true);
  });

  test('fails if a source cannot be opened', async () => {
    const archive = zipStream([entryOf('x', Buffer.from('x'))], () =>
      Promise.reject(new Error('no such key')),
    );
    await expect(buffer(archive)).rejects.toThrow('no such key');
  });

  test('fails if a source is destroyed in the middle without an error', async () => {
    const source = new Readable({ read() {} });
    const received = buffer(zipStream([entryOf('x', Buffer.from('xyz'))], () => source));
    source.push('x');
    await settle();
    source.destroy();
    await expect(received).rejects.toThrow('Premature close');
  });

  test.each([
    ['fewer bytes', 'abc', 'expected 4 bytes for ZIP entry x but received 3'],
    ['more bytes', 'abcde', 'expected 4 bytes for ZIP entry x but received more'],
    ['other bytes', 'abcx', 'expected CRC-32 ed82cd11 for ZIP entry x but received'],
  ])('fails on %s than declared', async (_title, given, message) => {
    const archive = zipStream([entryOf('x', Buffer.from('abcd'))], () => Readable.from([Buffer.from(given)]));
    await expect(buffer(archive)).rejects.toThrow(message);
  });
});

/** Waits for all events that can happen without more reading. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
