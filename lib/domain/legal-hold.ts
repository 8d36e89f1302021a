import * as z from 'zod';
import { DomainError } from './errors.ts';
import { Subject, Timestamp } from './identifiers.ts';
import { Reason } from './reason.ts';

/** The order to keep a resource, such as for a trial: until an admin releases it, nobody can delete it. */
export const LegalHold = z.object({ by: Subject, at: Timestamp, reason: Reason });
export type LegalHold = z.infer<typeof LegalHold>;

/**
 * Refuses a change of a resource that is under a legal hold.
 *
 * @throws DomainError CONFLICT
 */
export function requireNoLegalHold({ legalHold }: { legalHold?: LegalHold | undefined }): void {
  if (!legalHold) return;
  throw new DomainError('CONFLICT', 'This is under a legal hold.', {
    details: [`since ${legalHold.at}: ${legalHold.reason}; an admin can release it`],
  });
}
