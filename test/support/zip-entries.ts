import { crc32 } from 'node:zlib';
import type { ZipEntry } from '../../lib/media/zip/zip-layout.ts';

export const modified = new Date('2024-05-06T07:08:10Z');

export function entryOf(name: string, content: Uint8Array): ZipEntry {
  return { name, bytes: content.length, crc32: crc32(content), modified };
}

/** The first offset that does not fit into 32 bits. */
export const FOUR_GIB = 2 ** 32;

/** Entries of zeros, of at most 64 MiB each, which together take so many bytes of an archive. */
export function holesUntil(offset: number): ZipEntry[] {
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
