import { useEffect } from 'react';
import { rememberPatient } from '../search/recent-patients.ts';
import { markSeen } from '../search/seen.ts';
import { useSession } from '../session/session-provider.tsx';
import { useIdentity } from './identity.ts';
import { nameText } from './patient-name.ts';

/** Remembers, while a page of a patient is open, that the person views this patient. Returns who the patient is. */
export function useViewedPatient(patientId: string) {
  const { person } = useSession();
  const { data } = useIdentity(patientId);
  const name = nameText(data?.name) ?? null;
  const isKnown = data?.isKnown === true && person.role !== 'patient';
  useEffect(() => {
    if (!isKnown) return;
    rememberPatient(person.subject, { patientId, name });
    void markSeen(person.subject, `patient ${patientId}`);
  }, [isKnown, person.subject, patientId, name]);
  return data;
}
