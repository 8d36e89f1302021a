import { randomUUID } from 'node:crypto';

// Each test file loads its own instance of this module, so these values are its own. Capitals: the normal form of patient numbers.
const file = randomUUID().slice(0, 8).toUpperCase();

/** The patient numbers of `patient-1` and `patient-2` in this test file. */
export const PATIENT_1 = `P-1001-${file}`;
export const PATIENT_2 = `P-1002-${file}`;

const patientIds: Record<string, string> = { 'patient-1': PATIENT_1, 'patient-2': PATIENT_2 };
const subjects = new Map<string, string>();

let others = 0;
/** A patient number that no other test uses. */
export function newPatient(): string {
  others += 1;
  return `P-${others}-${file}`;
}

/** Claims that make a demo user unique to this test file: other files use users of the same role at the same time. */
export function ownClaims(user: string): Record<string, string> {
  const sub = subjects.get(user) ?? randomUUID();
  subjects.set(user, sub);
  const patientId = patientIds[user];
  return { sub, ...(patientId && { 'custom:patient_id': patientId }) };
}
