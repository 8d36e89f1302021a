import type { APIGatewayProxyEvent } from 'aws-lambda';
import { DomainError } from '../../domain/errors.ts';

/** The expected `multipart/related` body (RFC 2387), with parts of one type. */
export interface RelatedBody {
  /** The media type of the parts. */
  type: string;
  maxParts: number;
}

const CRLFCRLF = Buffer.from('\r\n\r\n');

/**
 * Returns the non-empty parts of a `multipart/related` body in an API Gateway event.
 *
 * Written by hand, because the available parsers are for forms and require names of parts. Text before the first
 * delimiter and after the last one is ignored (RFC 2046, 5.1.1). The boundary may be quoted, and spaces may follow it.
 *
 * @throws DomainError UNSUPPORTED_MEDIA_TYPE for a body of another type, BAD_REQUEST for a malformed one
 */
export function parseMultipartRelated(
  event: APIGatewayProxyEvent,
  { type, maxParts }: RelatedBody,
): Uint8Array[] {
  const header = Object.entries(event.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const { mediaType, parameters } = parseMediaType(header ?? '');
  const partType = parameters.get('type')?.toLowerCase() ?? type;
  if (mediaType !== 'multipart/related' || partType !== type) {
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'The body is not of the expected parts', {
      details: [`content-type must be multipart/related; type="${type}"; received ${header ?? 'none'}`],
    });
  }
  const boundary = parameters.get('boundary');
  if (!boundary) throw broken('content-type has no boundary');
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const parts = partsOf(body, boundary).filter(({ length }) => length > 0);
  if (parts.length === 0) throw broken('the body has no parts');
  if (parts.length > maxParts) {
    throw new DomainError('PAYLOAD_TOO_LARGE', 'Too many parts', {
      details: [`the body must have at most ${maxParts} parts; received ${parts.length}`],
    });
  }
  return parts;
}

/** Parses a media type with its parameters, quoted or not (RFC 9110, 5.6.6 and 8.3.1). */
function parseMediaType(text: string) {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token] of text.matchAll(
    /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g,
  ))
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  return { mediaType: text.split(';')[0]?.trim().toLowerCase(), parameters };
}

function partsOf(body: Buffer, boundary: string): Buffer[] {
  const parts: Buffer[] = [];
  let begin: number | undefined;
  for (let at = 0; ; ) {
    const found = nextDelimiter(body, boundary, at);
    if (!found) throw broken('the body ends within a part, without its last delimiter');
    if (begin !== undefined) parts.push(contentOf(body.subarray(begin, Math.max(begin, found.start))));
    if (found.isLast) return parts;
    begin = found.end;
    at = found.end;
  }
}

/** Finds the next delimiter line, `--boundary` or finally `--boundary--`. The line break before it belongs to it. */
function nextDelimiter(body: Buffer, boundary: string, from: number) {
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark, from); at !== -1; at = body.indexOf(mark, at + 1)) {
    const isLineStart = at === 0 || body[at - 1] === 0x0a;
    const after = at + mark.length;
    const isLast = body[after] === 0x2d && body[after + 1] === 0x2d;
    const line = /^[ \t]*\r?\n/.exec(body.toString('latin1', after, after + 100));
    if (!isLineStart || !(isLast || line)) continue;
    const start = at - (at === 0 ? 0 : body[at - 2] === 0x0d ? 2 : 1);
    return { start, end: after + (line?.[0].length ?? 0), isLast };
  }
  return undefined;
}

/** Returns a part's content after its header fields, which are ignored: the content itself is inspected. */
function contentOf(part: Buffer): Buffer {
  if (part[0] === 0x0d && part[1] === 0x0a) return part.subarray(2);
  const end = part.indexOf(CRLFCRLF);
  return end === -1 ? Buffer.alloc(0) : part.subarray(end + CRLFCRLF.length);
}

const broken = (fault: string) =>
  new DomainError('BAD_REQUEST', 'The body can not be read', { details: [fault] });
