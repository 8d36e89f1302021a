import { type PatientIdentity, toPatientIdentity } from '../../api/views/patient-identity.ts';
import type { Batches } from '../../data/batches.ts';
import type { Patients } from '../../data/patients.ts';

export interface IdentityDeps {
  patients: Pick<Patients, 'getWithFiles'>;
  batches: Pick<Batches, 'listOfPatient'>;
}

/** Who has a patient number, and whether anything is stored under it. A batch may exist before its first image. */
export async function identityOf(
  patientId: string,
  { patients, batches }: IdentityDeps,
): Promise<PatientIdentity> {
  const [{ patient, files }, { items }] = await Promise.all([
    patients.getWithFiles(patientId),
    batches.listOfPatient(patientId, { limit: 1 }),
  ]);
  return toPatientIdentity(patientId, patient, files > 0 || items.length > 0);
}
