import { DomainError } from '../../domain/errors.ts';

const MB = 1024 * 1024;

/** Lambda streams at most 200 MB (AWS Lambda quotas, "Response payload"); the headers of the parts are less than one. */
export const MOST_BYTES = 199 * MB;

/**
 * Refuses a response that would exceed the limit and be cut off.
 *
 * @throws DomainError PAYLOAD_TOO_LARGE
 */
export function requireStreamable(parts: readonly { bytes: number }[]): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes <= MOST_BYTES) return;
  throw new DomainError('PAYLOAD_TOO_LARGE', 'This is more than one answer can hold.', {
    details: [
      `it is ${Math.ceil(bytes / MB)} MB; expected at most ${MOST_BYTES / MB} MB`,
      'ask for its series, its instances or some of their frames, one after the other',
    ],
  });
}
