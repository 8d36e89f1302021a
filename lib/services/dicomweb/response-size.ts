import { DomainError } from '../../domain/errors.ts';

const MB = 1024 * 1024;

/** Lambda streams 200 MB at most (AWS Lambda quotas, "Response payload"); what is around each part is less than one. */
export const MOST_BYTES = 199 * MB;

/**
 * Refuses an answer that would break off in its middle.
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
