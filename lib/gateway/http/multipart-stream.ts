import { ByteReader } from '../dimse/byte-reader.ts';
import { ConnectionLost } from '../dimse/protocol-error.ts';

/** The body is no multipart body, or ends within a part. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody';
}

/** Longest delimiter line and headers of a part. */
const MAX_HEADER_BYTES = 16 * 1024;
const CRLF = Buffer.from('\r\n');

/**
 * Yields the contents of the parts of a `multipart/related` body (RFC 2046, 5.1.1) as they arrive. What is not read
 * of a part is passed over.
 *
 * @throws BrokenBody
 */
export async function* partsOf(
  body: AsyncIterable<Buffer>,
  boundary: string,
): AsyncGenerator<AsyncIterable<Buffer>> {
  const reader = new ByteReader(withLineBreak(body));
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The text before the first delimiter has no meaning.
  for await (const _text of upTo(reader, delimiter));
  for (;;) {
    if (await isLastDelimiter(reader)) return;
    await skipHeaders(reader);
    const content = upTo(reader, delimiter);
    // Without `return`: the rest of a part that is not read to its end has to be passed over.
    yield { [Symbol.asyncIterator]: () => ({ next: () => content.next() }) };
    for await (const _rest of content);
  }
}

/** The first delimiter may be at the very beginning. */
async function* withLineBreak(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield CRLF;
  yield* body;
}

/** Yields the bytes before a delimiter, and leaves the reader behind it. */
async function* upTo(reader: ByteReader, delimiter: Buffer): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const part = await reader.some(Number.MAX_SAFE_INTEGER);
    if (part.length === 0) throw new BrokenBody('the body ends within a part, without its last delimiter');
    const bytes = held.length === 0 ? part : Buffer.concat([held, part]);
    const at = bytes.indexOf(delimiter);
    if (at >= 0) {
      reader.unread(bytes.subarray(at + delimiter.length));
      if (at > 0) yield bytes.subarray(0, at);
      return;
    }
    // What may be the beginning of the delimiter.
    const sure = Math.max(0, bytes.length - delimiter.length + 1);
    if (sure > 0) yield bytes.subarray(0, sure);
    held = bytes.subarray(sure);
  }
}

/** Reads the rest of a delimiter's line: `--` after the last part, otherwise only spaces. */
async function isLastDelimiter(reader: ByteReader): Promise<boolean> {
  const line = await readLine(reader, true);
  if (line.startsWith('--')) return true;
  if (line.trim() !== '') throw new BrokenBody('text follows a delimiter');
  return false;
}

/** The type of a part is inspected in its content. */
async function skipHeaders(reader: ByteReader): Promise<void> {
  let bytes = 0;
  for (let line = await readLine(reader); line !== ''; line = await readLine(reader)) {
    bytes += line.length;
    if (bytes > MAX_HEADER_BYTES) throw new BrokenBody('the headers of a part are too long');
  }
}

/** @param endsEarly whether the line may end after `--`, as the end of the body does */
async function readLine(reader: ByteReader, endsEarly = false): Promise<string> {
  let line = '';
  while (!line.endsWith('\n')) {
    if (endsEarly && line === '--') return line;
    if (line.length > MAX_HEADER_BYTES) throw new BrokenBody('a line is too long');
    try {
      line += (await reader.exactly(1)).toString('latin1');
    } catch (error) {
      if (error instanceof ConnectionLost) throw new BrokenBody('the body ends within a delimiter');
      throw error;
    }
  }
  return line.replace(/\r?\n$/, '');
}
