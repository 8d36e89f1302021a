import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zipStream } from '../../../lib/media/zip/zip.ts';
import { safeEntryNames } from '../../../lib/media/zip/zip-entry-names.ts';
import { type ZipEntry, zipLayout, zipLength } from '../../../lib/media/zip/zip-layout.ts';
import { type ReadEntry, readZip } from '../../support/unzip.ts';

const modified = new Date('2024-05-06T07:08:10Z');

function entryOf(name: string, content: Uint8Array): ZipEntry {
  return { name, bytes: content.length, crc32: crc32(content), modified };
}

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

  test('is as long as foretold', async () => {
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

  test('opens also when it is empty', async () => {
    expect(await readZip(await zip([]))).toEqual([]);
  });

  test('gives a reader every name, byte, time and mode back', async () => {
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

  test('clamps times that MS-DOS, or archiver, does not know', async () => {
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
    ['a plain name', { name: 'a/b' }],
    ['a plain name', { name: 'c:d' }],
    ['a valid date', { modified: new Date(Number.NaN) }],
  ])('without %s there is no length', (expected, wrong) => {
    expect(() => zipLength([{ ...entryOf('x', Buffer.from('x')), ...wrong }])).toThrow(
      `expected ${expected}`,
    );
  });
});

describe('ZIP64', () => {
  test.each([
    [65_534, false],
    [65_535, true],
  ])(
    '%i entries need it: %s',
    async (count, isZip64) => {
      const entries = Array.from({ length: count }, (_value, i) => entryOf(`${i}`, Buffer.alloc(0)));
      const archive = await buffer(zipStream(entries, () => Readable.from([])));
      expect(archive.length).toBe(zipLength(entries));
      expect(archive.includes('PK\x06\x06')).toBe(isZip64);
      expect((await readZip(archive, false)).length).toBe(count);
    },
    120_000,
  );

  const max32 = 0xffffffff;

  test.each([
    [max32 - 1, false],
    [max32, true],
    [max32 + 1, true],
  ])('a directory at %i needs it: %s', (offset, isZip64) => {
    expect(zipLayout(holesUntil(offset))).toMatchObject({ isZip64 });
  });

  test('an entry at 4 GiB - 1 is refused: archiver would not write where it begins', () => {
    const entries = [...holesUntil(max32), entryOf('after', Buffer.from('x'))];
    expect(() => zipLength(entries)).toThrow('where ZIP entry after begins');
  });

  test('an archive above 4 GiB is as long as foretold, and its last entry is found', async () => {
    const entries = [...holesUntil(max32 + 1), entryOf('after', Buffer.from('x'))];
    const archive = await sparseArchive(entries);
    expect(archive.isZip64).toBe(true);
    expect(archive.entries).toHaveLength(entries.length);
    expect(archive.entries.at(-1)).toMatchObject({ name: 'after', offset: max32 + 1, extraBytes: 28 });
  }, 240_000);
});

/** Entries of zeros, at most 64 MiB each, behind which an archive is so long. */
function holesUntil(offset: number): ZipEntry[] {
  const most = 2 ** 26;
  const checksums = new Map<number, number>();
  const entries: ZipEntry[] = [];
  for (let left = offset; left > 0; ) {
    const name = String(entries.length).padStart(5, '0');
    const bytes = Math.min(most, left - 35);
    const checksum = checksums.get(bytes) ?? crc32(Buffer.alloc(bytes));
    checksums.set(bytes, checksum);
    entries.push({ name, bytes, crc32: checksum, modified });
    left -= 35 + bytes;
  }
  return entries;
}

describe('the stream', () => {
  test('reads one entry ahead and no more, however many there are', async () => {
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

  test('stops reading a source that has no end', async () => {
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

  test('opens nothing before it is read, then one source ahead, and each one once', async () => {
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

  test('destroys every open source when its reader goes away', async () => {
    const sources = [0, 1].map(() => new Readable({ read() {} }));
    const entries = [0, 1].map((i) => entryOf(`${i}`, Buffer.from('x')));
    const archive = zipStream(entries, (_entry, index) => sources[index] ?? Readable.from([]));
    archive.read(1);
    await settle();
    archive.destroy();
    await settle();
    expect(sources.map((source) => source.destroyed)).toEqual([true, true]);
  });

  test('destroys a source that opens only after its reader went away', async () => {
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

  test('fails when a source fails, also one that waits for its turn, and destroys the others', async () => {
    const first = new Readable({ read() {} });
    const waiting = new Readable({ read() {} });
    const entries = ['first', 'waiting'].map((name) => entryOf(name, Buffer.from('x')));
    const archive = zipStream(entries, (_entry, index) => (index === 0 ? first : waiting));
    const received = buffer(archive);
    await settle();
    waiting.destroy(new Error('S3 hung up'));
    await expect(received).rejects.toThrow('S3 hung up');
    expect(first.destroyed).toBe(true);
  });

  test('fails when a source cannot be opened', async () => {
    const archive = zipStream([entryOf('x', Buffer.from('x'))], () =>
      Promise.reject(new Error('no such key')),
    );
    await expect(buffer(archive)).rejects.toThrow('no such key');
  });

  test('fails when a source is destroyed in the middle without saying why', async () => {
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
  ])('fails on %s than promised', async (_title, given, message) => {
    const archive = zipStream([entryOf('x', Buffer.from('abcd'))], () => Readable.from([Buffer.from(given)]));
    await expect(buffer(archive)).rejects.toThrow(message);
  });
});

/** Lets everything that can happen without more reading happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** Lets a reader read an archive of zeros, of which the file has only holes. */
async function sparseArchive(entries: ZipEntry[]): Promise<{ entries: ReadEntry[]; isZip64: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  const zeros = Buffer.alloc(2 ** 26);
  try {
    const path = join(folder, 'archive.zip');
    const file = openSync(path, 'w');
    let position = 0;
    let tail: Buffer = Buffer.alloc(0);
    const archive = zipStream(entries, (entry) =>
      Readable.from([entry.name === 'after' ? Buffer.from('x') : zeros.subarray(0, entry.bytes)]),
    );
    for await (const piece of archive as AsyncIterable<Buffer>) {
      const isHole = piece.length > 65_536;
      if (!isHole) writeSync(file, piece, 0, piece.length, position);
      if (!isHole) tail = Buffer.concat([tail, piece]);
      position += piece.length;
    }
    closeSync(file);
    expect(position).toBe(zipLength(entries));
    return { entries: await readZip(path, false), isZip64: tail.includes('PK\x06\x06') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
