import type { Caller } from './access/caller.ts';
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

/** A deletion by this caller, which can be undone for the days that the limits allow. */
export const deletionBy = (
  { subject }: Pick<Caller, 'subject'>,
  at: Date,
  { restorableDays }: Limits,
): Deletion => ({
  by: subject,
  at,
  until: new Date(at.getTime() + restorableDays * DAY_MS),
});
