import { DomainError } from '../../domain/errors.ts';
import { mediaTypeOf } from '../../domain/media-type.ts';

/**
 * Types that clients declare unless they are told what the body is: `curl --data` the first, the `fetch` of browsers and
 * Node the second. Such a body is JSON if it can be parsed.
 */
const DEFAULTS = ['application/x-www-form-urlencoded', 'text/plain'];

/** JSON, and the types that are based on it (RFC 6839, 3.1). */
const JSON_TYPE = /^application\/([!#$&^\w.+-]+\+)?json$/;

/**
 * Refuses a body that is declared to be other than JSON in UTF-8 (RFC 8259, 8.1).
 *
 * @throws DomainError UNSUPPORTED_MEDIA_TYPE
 */
export function requireJson(contentType: string | undefined): void {
  if (contentType === undefined || contentType.trim() === '') return;
  const type = mediaTypeOf(contentType);
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1];
  const isMultipart = type === 'multipart/form-data';
  if (
    (JSON_TYPE.test(type) || DEFAULTS.includes(type) || isMultipart) &&
    /^(utf-?8|us-ascii)$/i.test(charset ?? 'utf-8')
  )
    return;
  throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'The body is not JSON', {
    details: [`content-type must be application/json, in UTF-8; received ${contentType}`],
  });
}
