import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokenBody, partsOf } from '../../../lib/gateway/http/multipart-stream.ts';

const BOUNDARY = 'b-1';
const bodyOf = (contents: Uint8Array[]) =>
  Buffer.concat([
    ...contents.flatMap((content) => [
      Buffer.from(`\r\n--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`),
      content,
    ]),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = bytes.length, most = Number.POSITIVE_INFINITY): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  for await (const content of partsOf(pieces(bytes, size), BOUNDARY)) {
    const read: Buffer[] = [];
    for await (const piece of content) {
      read.push(piece);
      if (read.length >= most) break;
    }
    parts.push(Buffer.concat(read));
  }
  return parts;
}

// Bytes of which delimiters are made are frequent.
const content = fc
  .array(fc.constantFrom(13, 10, 45, 98, 49, 7), { maxLength: 60 })
  .map((bytes) => Buffer.from(bytes))
  .filter(
    (bytes) =>
      !bytes.includes(`\r\n--${BOUNDARY}`) &&
      !`\r\n${bytes.toString('latin1')}`.includes(`\r\n--${BOUNDARY}`),
  );

test('Parts are read as they were written, however they arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(content, { maxLength: 5 }),
      fc.integer({ min: 1, max: 90 }),
      async (parts, size) => {
        expect(await read(bodyOf(parts), size)).toEqual(parts);
        // The leading line break may be missing.
        expect(await read(bodyOf(parts).subarray(2), size)).toEqual(parts);
      },
    ),
  );
});

test('What is not read of a part is passed over', async () => {
  const parts = [Buffer.alloc(5000, 1), Buffer.alloc(5000, 2)];
  const read1 = await read(bodyOf(parts), 100, 1);
  expect(read1.map((part) => part[0])).toEqual([1, 2]);
});

test.each([
  ['a body without an end', bodyOf([Buffer.from('x')]).subarray(0, -8)],
  ['an empty body', Buffer.alloc(0)],
  ['text behind a delimiter', Buffer.from(`--${BOUNDARY}x\r\n\r\n`)],
  ['headers without an end', Buffer.from(`--${BOUNDARY}\r\n${'A: b\r\n'.repeat(5000)}`)],
  ['a line without an end', Buffer.from(`--${BOUNDARY}\r\n${'A'.repeat(20_000)}`)],
])('%s is refused', async (_name, bytes) => {
  await expect(read(bytes)).rejects.toBeInstanceOf(BrokenBody);
});
