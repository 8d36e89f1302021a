import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import { isOriginal } from './edit-actions.ts';
import type { Image } from './image.ts';
import type { EditSteps, ImageEdit } from './image-edit.ts';

/**
 * Refuses patients who would edit an image of the clinic: nobody but the clinic says how its pictures look. Call `requireVisible`
 * first, as for `requireMayDelete`.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayEdit({ role }: Caller, { source }: Image): void {
  if (role !== 'patient' || source === 'patient') return;
  throw new DomainError('FORBIDDEN', 'The clinic sent this image, and only the clinic may edit it.');
}

/** The next version of the edits of an image. Steps that show the original are none. */
export const nextEdit = (
  { id: imageId, edit }: Image,
  steps: EditSteps | null,
  by: string,
  now: Date,
): ImageEdit => ({
  imageId,
  version: (edit?.version ?? 0) + 1,
  steps: steps && isOriginal(steps) ? null : steps,
  by,
  at: now.toISOString(),
});

/**
 * Refuses an edit that is based on another version than the newest one, so that nobody overwrites what somebody else did meanwhile.
 *
 * @throws DomainError CONFLICT
 */
export function requireNewest({ edit }: Image, basedOn: number): void {
  const version = edit?.version ?? 0;
  if (version === basedOn) return;
  throw new DomainError('CONFLICT', 'The image was edited meanwhile.', {
    details: [`version must be ${version}, the newest; received ${basedOn}`],
  });
}
