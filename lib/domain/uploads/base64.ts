import { DomainError } from '../errors.ts';

/**
 * Decodes base64 (RFC 4648, 4) strictly. Node's own decoder skips invalid characters, so that a damaged image would
 * become a different one.
 *
 * @throws DomainError BAD_REQUEST
 */
export function decodeBase64(text: string, field: string): Uint8Array {
  const refuse = (fault: string): never => {
    throw new DomainError('BAD_REQUEST', 'Validation failed', { details: [`${field} ${fault}`] });
  };
  if (/^data:/i.test(text))
    return refuse('must be base64 alone; received a data: URL, send what follows its comma');
  const bytes = Buffer.from(text, 'base64');
  // Compares with the canonical encoding: no white space, no other characters, correct padding, no bits left over.
  if (bytes.toString('base64') === text) return bytes;
  return refuse(
    'must be base64: A to Z, a to z, 0 to 9, + and /, padded with = to a multiple of 4, without line breaks',
  );
}
