import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

/** A part of a `multipart/related` response (RFC 2387). */
export interface Part {
  contentType: string;
  /** The URL of the part's content alone. */
  location?: string;
  bytes: number;
}

type Content = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * A response of several parts, as a stream of known length.
 *
 * @param type the media type of the parts
 * @param contents the contents of the parts, in their order; each is opened when it is sent or shortly before
 */
export function multipartRelated(type: string, parts: readonly Part[], contents: AsyncIterable<Content>) {
  const opened = (async function* () {
    let index = 0;
    for await (const content of contents) yield { ...(parts[index++] as Part), content };
  })();
  return multipartStream(type, opened, parts);
}

/** Like `multipartRelated`, with parts that are described only when they are sent. Only `known` parts give a length. */
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
