import { DomainError } from '../errors.ts';

/**
 * Refuses to move an image into a batch or case of another patient than the one whom it is moved to.
 *
 * @throws DomainError CONFLICT
 */
export function requirePlaceOf(patientId: string, place: { id: string; patientId: string }): void {
  if (place.patientId === patientId) return;
  throw new DomainError('CONFLICT', 'The image cannot be moved there.', {
    details: [`${place.id} belongs to another patient than ${patientId}`],
  });
}

type Place = Readonly<Record<string, unknown>>;

/** Whether an image was deleted, or moved out of its batch or to another patient. */
export const hasLeft = (before: Place | undefined, after: Place): boolean =>
  ['batchId', 'patientId', 'deletedAt'].some((name) => before?.[name] !== after[name]);
