import { DomainError } from '../../domain/errors.ts';

/** A media range of an `Accept` header (RFC 9110, 12.5.1), in lower case. */
interface MediaRange {
  type: string;
  parameters: Record<string, string>;
  quality: number;
}

/** An available representation. */
export interface Offer {
  /** `multipart/related`, or the media type of a single representation. */
  type: string;
  /** The media type of the parts of `multipart/related`. */
  part?: string;
  transferSyntax?: string;
  /**
   * Whether only requests that name a transfer syntax, or any (`*`), get this offer: compressed pixels as
   * `application/octet-stream` are only for clients that request them explicitly.
   */
  onlyIfSyntaxIsNamed?: true;
}

/**
 * Negotiates the representation: the offer with the highest quality for the client; among equals the first (PS3.18 8.7.5).
 *
 * Without `Accept`, any offer is acceptable. PS3.18 requires 406 here, but then links in browsers would not work.
 *
 * @param offers the best one first; it is the default, also for `*` ranges
 * @throws DomainError NOT_ACCEPTABLE with the available types
 */
export function chooseOffer<T extends Offer>(request: NegotiableRequest, offers: readonly T[]): T {
  const ranges = acceptOf(request).flatMap(parseAccept);
  if (ranges.length === 0) ranges.push({ type: '*/*', parameters: {}, quality: 1 });
  const rated = offers.map((offer) => ({ offer, quality: qualityOf(offer, ranges) }));
  const best = rated.reduce((a, b) => (b.quality > a.quality ? b : a), {
    quality: 0,
  } as (typeof rated)[number]);
  if (best.offer) return best.offer;
  throw new DomainError('NOT_ACCEPTABLE', 'There is no representation of this that the request accepts.', {
    details: offers.map((offer) => `available: ${describeOffer(offer)}`),
  });
}

/** Where a request states its acceptable types: the header, or the query parameter, which takes precedence (8.3.3.1). */
export interface NegotiableRequest {
  headers: Readonly<Record<string, string | undefined>>;
  query: { accept?: string | string[] | undefined };
}

const acceptOf = ({ headers, query }: NegotiableRequest): string[] =>
  [query.accept ?? headers.accept ?? []].flat().filter((text) => text.trim() !== '');

/** Formats an offer as in an `Accept` or `Content-Type` header. */
export const describeOffer = ({ type, part, transferSyntax }: Offer): string =>
  [type, part && `type="${part}"`, transferSyntax && `transfer-syntax=${transferSyntax}`]
    .filter(Boolean)
    .join('; ');

/** The quality of an offer, by the most specific matching range (RFC 9110, 12.5.1); 0 if it is not acceptable. */
function qualityOf(offer: Offer, ranges: readonly MediaRange[]): number {
  const fitting = ranges
    .map((range) => ({ quality: range.quality, fit: fitOf(offer, range) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || b.quality - a.quality);
  return fitting[0]?.quality ?? 0;
}

/** How specifically a range matches an offer; 0 if it does not match. */
function fitOf({ type, part, transferSyntax, onlyIfSyntaxIsNamed }: Offer, range: MediaRange): number {
  const { type: wantedPart = '*/*', 'transfer-syntax': wantedSyntax } = range.parameters;
  const outer = specificity(type, range.type);
  // A range of any type can't name the type of the parts, and neither does a client that accepts `multipart/*`.
  const inner = part === undefined ? 1 : specificity(part, wantedPart);
  if (outer === 0 || inner === 0) return 0;
  if (wantedSyntax === undefined) return onlyIfSyntaxIsNamed ? 0 : outer * 10 + inner * 2;
  if (wantedSyntax !== '*' && wantedSyntax !== transferSyntax) return 0;
  return outer * 10 + inner * 2 + 1;
}

/** 3 for the type itself, 2 for `image/*`, 1 for any type. */
function specificity(type: string, range: string): number {
  if (range === type) return 3;
  if (range === '*/*' || range === '*') return 1;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1)) ? 2 : 0;
}

/** Parses an `Accept` header. Malformed ranges are ignored, as the standard requires (8.7.7). */
function parseAccept(text: string): MediaRange[] {
  return splitOutsideQuotes(text, ',').flatMap((range) => {
    const [type = '', ...rest] = splitOutsideQuotes(range, ';');
    if (!type.includes('/') && type !== '*') return [];
    const parameters = Object.fromEntries(
      rest.map((parameter) => {
        const [name = '', ...value] = parameter.split('=');
        return [name.trim().toLowerCase(), unquoted(value.join('=').trim())] as const;
      }),
    );
    const { q = '1', type: part, ...others } = parameters;
    const quality = Number(q);
    const named: Record<string, string> = part === undefined ? {} : { type: part.toLowerCase() };
    return [
      {
        type: type.toLowerCase(),
        parameters: { ...others, ...named },
        quality: quality >= 0 && quality <= 1 ? quality : 1,
      },
    ];
  });
}

const unquoted = (text: string) => text.replace(/^"(.*)"$/, '$1');

/** Splits a header's value at commas or semicolons outside quotes, and drops empty parts. */
const splitOutsideQuotes = (text: string, separator: ',' | ';'): string[] =>
  (text.match(separator === ',' ? /(?:"[^"]*"|[^,"]|")+/g : /(?:"[^"]*"|[^;"]|")+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '');
