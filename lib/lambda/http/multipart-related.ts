import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

/** A part of a `multipart/related` answer (RFC 2387). */
export interface Part {
  contentType: string;
  /** Where it can be had alone. */
  location?: string;
  bytes: number;
}

/**
 * An answer of many parts, as a stream of which the length is known.
 *
 * @param type of the parts
 * @param contents of the parts, in their order, each opened when its turn comes or shortly before
 */
export function multipartRelated(
  type: string,
  parts: readonly Part[],
  contents: AsyncIterable<Uint8Array | AsyncIterable<Uint8Array>>,
) {
  const boundary = `part-${randomUUID()}`;
  const heads = parts.map((part, index) => Buffer.from(headOf(part, boundary, index)));
  const end = Buffer.from(`${parts.length > 0 ? '\r\n' : ''}--${boundary}--\r\n`);
  const length = [...heads, end].reduce((sum, { length }) => sum + length, 0);
  async function* write() {
    let index = 0;
    for await (const content of contents) {
      yield heads[index++] as Buffer;
      if (content instanceof Uint8Array) yield content;
      else yield* content;
    }
    yield end;
  }
  return {
    headers: {
      'content-type': `multipart/related; type="${type}"; boundary=${boundary}`,
      'content-length': String(parts.reduce((sum, { bytes }) => sum + bytes, length)),
    },
    body: Readable.from(write(), { objectMode: false }),
  };
}

const headOf = ({ contentType, location, bytes }: Part, boundary: string, index: number): string =>
  [
    // The line break before a boundary belongs to it (RFC 2046, 5.1.1).
    ...(index > 0 ? [''] : []),
    `--${boundary}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${bytes}`,
    ...(location ? [`Content-Location: ${location}`] : []),
    '',
    '',
  ].join('\r\n');
