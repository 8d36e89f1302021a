import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { zipStream } from '../../lib/media/zip/zip.ts';
import { type ZipEntry, zipLength } from '../../lib/media/zip/zip-layout.ts';
import { entryOf, FOUR_GIB, holesUntil } from '../fixtures/zip-entries.ts';
import { type ReadEntry, readZip } from '../support/unzip.ts';

describe('ZIP64', () => {
  test.each([
    [65_534, false],
    [65_535, true],
  ])('%i entries need it: %s', async (count, isZip64) => {
    const entries = Array.from({ length: count }, (_value, i) => entryOf(`${i}`, Buffer.alloc(0)));
    const archive = await buffer(zipStream(entries, () => Readable.from([])));
    expect(archive.length).toBe(zipLength(entries));
    expect(archive.includes('PK\x06\x06')).toBe(isZip64);
    expect((await readZip(archive, false)).length).toBe(count);
  });

  test('An archive of more than 4 GiB has the computed length, and a reader finds its last entry', async () => {
    const entries = [...holesUntil(FOUR_GIB), entryOf('after', Buffer.from('x'))];
    const archive = await sparseArchive(entries);
    expect(archive.isZip64).toBe(true);
    expect(archive.entries).toHaveLength(entries.length);
    expect(archive.entries.at(-1)).toMatchObject({ name: 'after', offset: FOUR_GIB, extraBytes: 28 });
  });
});

/** Lets a reader read an archive of zeros, whose file is sparse. */
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
