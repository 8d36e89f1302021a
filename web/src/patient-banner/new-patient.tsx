import { UserRoundPlus } from 'lucide-react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { Identity } from '../api/types.ts';
import { PatientForm } from './patient-form.tsx';
import './patient-banner.css';

/** The page of a number under which nothing is stored: a number with a slip of the finger must not become a patient. */
export function NewPatient({ identity }: { identity: Identity }) {
  const [, go] = useLocation();
  const { patientId } = identity;
  useEffect(() => {
    document.title = `New patient ${patientId} · Negatoscope`;
  }, [patientId]);
  return (
    <main className="page new-patient">
      <section className="card">
        <UserRoundPlus size={28} aria-hidden />
        <h1>Patient {patientId}</h1>
        <p role="status">
          <b>This number is new.</b> Nothing is stored under it, and nobody has it. Compare it with the card
          or the letter: a wrong letter would make a second patient.
        </p>
        <p className="new-patient-number">{patientId}</p>
        <PatientForm
          identity={identity}
          action="Register patient"
          onDone={() => undefined}
          onClose={() => go('/')}
        />
      </section>
    </main>
  );
}
