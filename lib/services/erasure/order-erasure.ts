import { createHash } from 'node:crypto';
import type { PatientErasures } from '../../data/patient-erasures.ts';
import type { PatientInventories } from '../../data/patient-inventories.ts';
import { DomainError } from '../../domain/errors.ts';
import {
  contentsOf,
  type Erasure,
  fingerprintOf,
  isEmpty,
  requireNothingHeld,
} from '../../domain/patients/erasure.ts';

export interface OrderDeps {
  patientErasures: Pick<PatientErasures, 'start' | 'runningOf'>;
  patientInventories: Pick<PatientInventories, 'of' | 'instancesOf'>;
  newId: () => string;
  now: () => Date;
}

/**
 * Orders the erasure of everything of a patient, or returns the one that runs.
 *
 * @throws DomainError CONFLICT if something is under a legal hold, NOT_FOUND if nothing is stored; then nothing is erased
 */
export async function orderErasure(
  { patientId, by, reason }: Pick<Erasure, 'patientId' | 'by' | 'reason'>,
  { patientErasures, patientInventories, newId, now }: OrderDeps,
): Promise<Erasure> {
  const running = await patientErasures.runningOf(patientId);
  if (running) return running;
  const inventory = await patientInventories.of(patientId);
  if (isEmpty(inventory)) throw new DomainError('NOT_FOUND', 'Nothing is stored of this patient.');
  requireNothingHeld(inventory);
  const instances = await Promise.all(
    inventory.studies.map((study) => Array.fromAsync(patientInventories.instancesOf(study))),
  );
  const files = fingerprintOf(inventory.images, instances.flat());
  return patientErasures.start({
    id: newId(),
    patientId,
    status: 'ordered',
    by,
    at: now().toISOString(),
    reason,
    contents: contentsOf(inventory),
    sha256: createHash('sha256').update(files).digest('hex'),
  });
}
