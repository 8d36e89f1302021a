import { randomUUID } from 'node:crypto';

/** The patient numbers of `patient-1` and `patient-2` in this test file. Capitals: the normal form of patient numbers. */
export let PATIENT_1: string;
export let PATIENT_2: string;

let file: string;
let patientIds: Record<string, string>;
let others: number;
const subjects = new Map<string, string>();

/** Makes new people: the files of a project without isolation use this module one after the other, each with people of its own. */
export function beginFile(): void {
  file = randomUUID().slice(0, 8).toUpperCase();
  PATIENT_1 = `P-1001-${file}`;
  PATIENT_2 = `P-1002-${file}`;
  patientIds = { 'patient-1': PATIENT_1, 'patient-2': PATIENT_2 };
  others = 0;
  subjects.clear();
}
beginFile();

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
