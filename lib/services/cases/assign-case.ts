import type { Cases } from '../../data/cases.ts';
import type { ImageUpdates } from '../../data/images/image-updates.ts';
import type { Images } from '../../data/images/images.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { recordAccess } from '../../domain/audit/audit-context.ts';
import type { Case } from '../../domain/cases/case.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Assignment } from '../../domain/patients/assignment.ts';
import { waitShortly } from '../wait-shortly.ts';
import { type SettleCaseDeps, settleCase } from './settle-case.ts';

interface AssignDeps {
  cases: Pick<Cases, 'assign'>;
  images: Pick<Images, 'allInCase'>;
  imageUpdates: Pick<ImageUpdates, 'leaveCase'>;
}

/**
 * Assigns the number of a case that only a patient has used. The patient keeps the images, which are in no case then.
 *
 * If the function ends halfway, only some images have been removed; the same request again removes the rest.
 *
 * @returns the number of images that were removed from the case
 * @throws DomainError CONFLICT if the case was used meanwhile
 */
export async function assignNumber(
  caller: Caller,
  known: Case,
  patientId: string,
  assignment: Assignment,
  { cases, images, imageUpdates }: AssignDeps,
): Promise<number> {
  let left = 0;
  if (patientId !== known.patientId) {
    for await (const image of images.allInCase(known.id)) {
      recordAccess(caller, 'image', image);
      await imageUpdates.leaveCase({ ...image, caseId: known.id }, new Date(assignment.at));
      left++;
    }
  }
  if (await cases.assign(known, patientId, assignment)) return left;
  throw new DomainError('CONFLICT', 'Somebody used the case meanwhile. Please look at it again.');
}

/**
 * Moves a case that the clinic has used to another patient, with its images.
 *
 * @throws DomainError CONFLICT if the case was moved meanwhile
 */
export async function moveCase(
  known: Case,
  patientId: string,
  assignment: Assignment,
  deps: SettleCaseDeps & { cases: Pick<Cases, 'move'> },
): Promise<void> {
  if (patientId === known.patientId) return;
  const moved = await deps.cases.move(known, patientId, assignment);
  if (moved) return waitShortly(settleCase(moved, deps));
  throw new DomainError('CONFLICT', 'Somebody moved the case meanwhile. Please look at it again.');
}
