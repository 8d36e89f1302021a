import { constants, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { FoundFile } from './find-files.ts';

// If the file was replaced by a symbolic link or a pipe since it was found, it is not opened and does not block.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
export const OPEN_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const openFile = ({ path }: FoundFile) => open(path, OPEN_FLAGS);

/** Reads the first bytes; by default as many as identify the file type. */
export async function readHead(file: FoundFile, length = 1024): Promise<Buffer> {
  if (file.contents) return firstBytes(file.contents(), length);
  await using handle = await openFile(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

async function firstBytes(contents: AsyncIterable<Buffer>, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of contents) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** Yields the file's bytes. Throws if their number differs from the size when the file was found. */
export const readParts = (file: FoundFile): AsyncIterable<Buffer> =>
  file.contents ? file.contents() : readPartsOfDisk(file);

async function* readPartsOfDisk(file: FoundFile): AsyncGenerator<Buffer> {
  await using handle = await openFile(file);
  let at = 0;
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, at);
    at += bytesRead;
    if (at > file.bytes || (bytesRead === 0 && at < file.bytes))
      throw new Error('the file changes while it is read');
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Computes the CRC-32 in S3's form. The upload is bound to it, so that errors of the network or the disc are detected.
 */
export async function crc32Of(file: FoundFile): Promise<string> {
  let sum = 0;
  for await (const part of readParts(file)) sum = crc32(part, sum);
  const four = Buffer.alloc(4);
  four.writeUInt32BE(sum);
  return four.toString('base64');
}
