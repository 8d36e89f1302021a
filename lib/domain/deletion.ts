import type { Caller } from './access/caller.ts';
import { DomainError } from './errors.ts';
import type { Limits } from './limits/limits.ts';

/** Who deleted an image or a batch, when, and until when it can be restored. */
export interface Deletion {
  by: string;
  at: Date;
  until: Date;
  /** The batch that was deleted with its images. */
  withBatch?: string | undefined;
}

const DAY_MS = 86_400_000;

export const deletionBy = (
  { subject }: Pick<Caller, 'subject'>,
  at: Date,
  { restorableDays }: Limits,
): Deletion => ({
  by: subject,
  at,
  until: new Date(at.getTime() + restorableDays * DAY_MS),
});

/**
 * Refuses callers who may not erase at once.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayErase({ role }: Pick<Caller, 'role'>): void {
  if (role === 'admin') return;
  throw new DomainError('FORBIDDEN', 'Only admins may erase.', {
    details: [`your role is ${role}; without \`erase\`, the deletion can be undone for some days`],
  });
}
