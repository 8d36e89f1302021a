import { UserRoundPlus } from 'lucide-react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { Identity } from '../api/types.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { PatientForm } from './patient-form.tsx';
import './patient-banner.css';

/** The page of a number under which nothing is stored: a number with a slip of the finger must not become a patient. */
export function NewPatient({ identity }: { identity: Identity }) {
  const [, go] = useLocation();
  const { patientId } = identity;
  useEffect(() => {
    document.title = text('banner.new-title', { patient: patientId });
  }, [patientId]);
  return (
    <main className="page new-patient">
      <section className="card">
        <UserRoundPlus size={28} aria-hidden />
        <h1>{text('banner.patient', { patient: patientId })}</h1>
        <p role="status">{richText('banner.new-number', { b: (content) => <b>{content}</b> })}</p>
        <p className="new-patient-number">{patientId}</p>
        <PatientForm
          identity={identity}
          action={text('banner.register')}
          onDone={() => undefined}
          onClose={() => go('/')}
        />
      </section>
    </main>
  );
}
