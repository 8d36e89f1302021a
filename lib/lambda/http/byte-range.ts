import parseRange from 'range-parser';
import { DomainError } from '../../domain/errors.ts';
import type { ByteRange } from '../../storage/signed-objects.ts';

interface Representation {
  bytes: number;
  /** The entity tag, with its quotes. */
  etag: string;
}

interface RangeResponse {
  status: 200 | 206 | 304;
  headers: Record<string, string>;
  range?: ByteRange;
}

/**
 * The response to a request with `Range`, `If-Range` or `If-None-Match` (RFC 9110, 13 and 14).
 *
 * A request for several ranges gets the whole representation, which the RFC allows (14.2).
 *
 * @throws DomainError RANGE_NOT_SATISFIABLE with the `Content-Range` that the RFC requires (15.5.17)
 */
export function rangeResponse(
  headers: Readonly<Record<string, string | undefined>>,
  { bytes, etag }: Representation,
): RangeResponse {
  const common = { etag, 'accept-ranges': 'bytes' };
  if (isNotModified(headers, etag)) return { status: 304, headers: common };
  const whole: RangeResponse = { status: 200, headers: { ...common, 'content-length': String(bytes) } };
  const { range: requested, 'if-range': ifRange = etag } = headers;
  if (requested === undefined || ifRange !== etag) return whole;
  const ranges = parseRange(bytes, requested);
  if (ranges === -1) {
    throw new DomainError('RANGE_NOT_SATISFIABLE', 'The range lies outside of the image.', {
      details: [`Range must lie within ${bytes} bytes; received ${requested}`],
      headers: { 'content-range': `bytes */${bytes}` },
    });
  }
  const [range, another] = ranges === -2 || ranges.type !== 'bytes' ? [] : ranges;
  if (!range || another) return whole;
  const { start: first, end: last } = range;
  return {
    status: 206,
    headers: {
      ...common,
      'content-range': `bytes ${first}-${last}/${bytes}`,
      'content-length': String(last - first + 1),
    },
    range: { first, last },
  };
}

/** Whether the client already has this representation, according to its `If-None-Match` (RFC 9110, 13.1.2). */
export const isNotModified = (headers: Readonly<Record<string, string | undefined>>, etag: string): boolean =>
  !!headers['if-none-match']?.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()));
