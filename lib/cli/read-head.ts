import { constants, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { FoundFile } from './find-files.ts';

// What became a link or a pipe since it was found is not opened, or not waited for.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const openFile = ({ path }: FoundFile) => open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);

/** The first 1024 bytes, which tell what a file is. */
export async function readHead(file: FoundFile): Promise<Buffer> {
  await using handle = await openFile(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
  return buffer.subarray(0, bytesRead);
}

/** The file's bytes, part by part: as many as it had when it was found, or an error. */
export async function* readParts(file: FoundFile): AsyncGenerator<Buffer> {
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

/** The CRC-32 as S3 writes it, to which the upload is bound: what a bad line or a bad disc does to the bytes is seen. */
export async function crc32Of(file: FoundFile): Promise<string> {
  let sum = 0;
  for await (const part of readParts(file)) sum = crc32(part, sum);
  const four = Buffer.alloc(4);
  four.writeUInt32BE(sum);
  return four.toString('base64');
}
