import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

/** A part of a `multipart/related` answer (RFC 2387). */
export interface Part {
  contentType: string;
  /** Where it can be had alone. */
  location?: string;
  bytes: number;
}

type Content = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * An answer of many parts, as a stream of which the length is known.
 *
 * @param type of the parts
 * @param contents of the parts, in their order, each opened when its turn comes or shortly before
 */
export function multipartRelated(type: string, parts: readonly Part[], contents: AsyncIterable<Content>) {
  const opened = (async function* () {
    let index = 0;
    for await (const content of contents) yield { ...(parts[index++] as Part), content };
  })();
  return multipartStream(type, opened, parts);
}

/** As above, of parts that say what they are when their turn comes; the length is known where all of them are `known`. */
export function multipartStream(
  type: string,
  parts: AsyncIterable<Part & { content: Content }>,
  known?: readonly Part[],
) {
  const boundary = `part-${randomUUID()}`;
  const lengths = known?.map((part, index) => headOf(part, boundary, index).length + part.bytes);
  const length = lengths?.reduce((sum, each) => sum + each, endOf(boundary, lengths.length).length);
  return {
    headers: {
      'content-type': `multipart/related; type="${type}"; boundary=${boundary}`,
      ...(length !== undefined && { 'content-length': String(length) }),
    },
    body: bodyOf(parts, boundary),
  };
}

function bodyOf(parts: AsyncIterable<Part & { content: Content }>, boundary: string): Readable {
  async function* write() {
    let index = 0;
    for await (const { content, ...part } of parts) {
      yield headOf(part, boundary, index++);
      if (content instanceof Uint8Array) yield content;
      else yield* content;
    }
    yield endOf(boundary, index);
  }
  return Readable.from(write(), { objectMode: false });
}

const endOf = (boundary: string, parts: number) =>
  Buffer.from(`${parts > 0 ? '\r\n' : ''}--${boundary}--\r\n`);

const headOf = ({ contentType, location, bytes }: Part, boundary: string, index: number): Buffer =>
  Buffer.from(
    [
      // The line break before a boundary belongs to it (RFC 2046, 5.1.1).
      ...(index > 0 ? [''] : []),
      `--${boundary}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${bytes}`,
      ...(location ? [`Content-Location: ${location}`] : []),
      '',
      '',
    ].join('\r\n'),
  );
