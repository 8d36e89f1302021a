import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ZipEntry, zipLength, zipStream } from '../../../lib/media/zip.ts';
import { zipLayout } from '../../../lib/media/zip-layout.ts';
import { type ReadEntry, readZip } from '../../support/unzip.ts';

const modified = new Date('2024-05-06T07:08:10Z');

function entryOf(name: string, content: Uint8Array): ZipEntry {
  return { name, bytes: content.length, crc32: crc32(content), modified };
}

function zip(files: [name: string, content: Uint8Array][]): Promise<Buffer> {
  const entries = files.map(([name, content]) => entryOf(name, content));
  return buffer(zipStream(entries, (_, index) => Readable.from([files[index]?.[1]], { objectMode: false })));
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
        async (some) => {
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
        flags: 0x800,
      })),
    );
  });

  test('clamps times that MS-DOS does not know', async () => {
    const times = ['1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z'].map((time) => new Date(time));
    const entries = times.map((time, i) => ({ name: `${i}`, bytes: 0, crc32: 0, modified: time }));
    const archive = await buffer(zipStream(entries, () => Readable.from([])));
    expect((await readZip(archive)).map(({ time }) => time)).toEqual([
      [1980, 1, 1, 0, 0, 0],
      [2107, 12, 31, 23, 59, 58],
    ]);
  });

  test.each<[string, Partial<ZipEntry>]>([
    ['a size', { bytes: -1 }],
    ['an unsigned CRC-32', { crc32: -1 }],
    ['an unsigned CRC-32', { crc32: 2 ** 32 }],
    ['a name of 1 to 65535 bytes', { name: '' }],
    ['a name of 1 to 65535 bytes', { name: 'x'.repeat(65_536) }],
    ['a valid date', { modified: new Date(Number.NaN) }],
  ])('without %s there is no length', (expected, wrong) => {
    expect(() => zipLength([{ ...entryOf('x', Buffer.from('x')), ...wrong }])).toThrow(
      `expected ${expected}`,
    );
  });
});

describe('ZIP64', () => {
  /** 30 bytes of local header and 5 of name come before its content. */
  const large: ZipEntry = { name: 'large', bytes: 0, crc32: 0, modified };

  test.each([
    [65_534, false],
    [65_535, true],
    [65_536, true],
  ])('%i entries need it: %s', async (count, isZip64) => {
    const entries = Array.from({ length: count }, (_, i) => ({ name: `${i}`, bytes: 0, crc32: 0, modified }));
    const archive = Buffer.concat([...zipLayout(entries)].filter((part) => Buffer.isBuffer(part)));
    expect(archive.length).toBe(zipLength(entries));
    expect(archive.includes('PK\x06\x06')).toBe(isZip64);
    expect((await readZip(archive, false)).length).toBe(count);
  });

  // The next three write headers only, into a file with holes: what the content would be makes no difference.
  test.each([
    ['just below', 0xfffffffe, false],
    ['at', 0xffffffff, true],
    ['above', 0x100000000, true],
  ])('an entry %s 4 GiB - 1 needs it', async (_, bytes, isZip64) => {
    expect(await sparseArchive([{ ...large, bytes }])).toMatchObject({
      entries: [
        { name: 'large', bytes, offset: 0, version: isZip64 ? 45 : 20, extraBytes: isZip64 ? 20 : 0 },
      ],
      isZip64: true, // for the directory's offset, in all three cases
    });
  });

  test.each([
    [0xfffffffe, false],
    [0xffffffff, true],
  ])('an entry at %i needs it: %s', async (offset, isZip64) => {
    const { entries } = await sparseArchive([
      { ...large, bytes: offset - 35 },
      { ...large, name: 'after', bytes: 0 },
    ]);
    expect(entries[1]).toMatchObject({
      name: 'after',
      bytes: 0,
      offset,
      version: isZip64 ? 45 : 20,
      extraBytes: isZip64 ? 12 : 0,
    });
  });

  test.each([
    [0xfffffffe, false],
    [0xffffffff, true],
  ])('a directory at %i needs it: %s', async (offset, isZip64) => {
    expect((await sparseArchive([{ ...large, bytes: offset - 35 }])).isZip64).toBe(isZip64);
  });

  test('a stream above 4 GiB has the length foretold', async () => {
    const chunk = Buffer.alloc(2 ** 23, 'x');
    const count = 513; // × 8 MiB = 4 GiB and 8 MiB
    const repeat = () => Readable.from(Array(count).fill(chunk), { objectMode: false });
    let checksum = 0;
    for (let i = 0; i < count; i++) checksum = crc32(chunk, checksum);
    const entries = [{ name: 'large', bytes: count * chunk.length, crc32: checksum, modified }];
    let length = 0;
    for await (const part of zipStream(entries, repeat)) length += part.length;
    expect(length).toBe(zipLength(entries));
  }, 120_000);
});

describe('the stream', () => {
  test('holds no more than a few chunks, however large the sources', async () => {
    let given = 0;
    const chunk = Buffer.alloc(65_536);
    const archive = zipStream([{ name: 'endless', bytes: 2 ** 40, crc32: 0, modified }], () =>
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
    archive.read(1);
    await settle();
    expect(given).toBeLessThan(1_000_000);
    archive.destroy();
  });

  test('opens nothing before it is read, then two sources ahead, and each one once', async () => {
    const opened: number[] = [];
    const content = Buffer.alloc(500_000);
    const entries = [0, 1, 2, 3, 4].map((i) => entryOf(`${i}`, content));
    const archive = zipStream(entries, (_, index) => {
      opened.push(index);
      return Readable.from([content], { objectMode: false });
    });
    await settle();
    expect(opened).toEqual([]);
    archive.read(1);
    await settle();
    expect(opened).toEqual([0, 1, 2]);
    await buffer(archive);
    expect(opened).toEqual([0, 1, 2, 3, 4]);
  });

  test('destroys every open source when its reader goes away', async () => {
    const sources = [0, 1, 2].map(() => new Readable({ read() {} }));
    const entries = [0, 1, 2].map((i) => entryOf(`${i}`, Buffer.from('x')));
    const archive = zipStream(entries, (_, index) => sources[index] ?? Readable.from([]));
    archive.read(1);
    await settle();
    archive.destroy();
    await settle();
    expect(sources.map((source) => source.destroyed)).toEqual([true, true, true]);
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
    const archive = zipStream(entries, (_, index) => (index === 0 ? first : waiting));
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
  ])('fails on %s than promised', async (_, given, message) => {
    const archive = zipStream([entryOf('x', Buffer.from('abcd'))], () => Readable.from([Buffer.from(given)]));
    await expect(buffer(archive)).rejects.toThrow(message);
  });
});

/** Lets everything that can happen without more reading happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** Lets a reader read an archive whose contents are holes, local headers included. */
async function sparseArchive(entries: ZipEntry[]): Promise<{ entries: ReadEntry[]; isZip64: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  try {
    const path = join(folder, 'archive.zip');
    const file = openSync(path, 'w');
    let position = 0;
    let tail: Buffer = Buffer.alloc(0);
    for (const part of zipLayout(entries)) {
      if (Buffer.isBuffer(part)) writeSync(file, part, 0, part.length, position);
      if (Buffer.isBuffer(part)) tail = part;
      position += Buffer.isBuffer(part) ? part.length : part.entry.bytes;
    }
    closeSync(file);
    expect(position).toBe(zipLength(entries));
    const read = await readZip(path, false);
    return { entries: read, isZip64: tail.includes('PK\x06\x06') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
