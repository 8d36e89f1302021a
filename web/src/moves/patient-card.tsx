import { text } from '../messages/text.ts';
import { formatLocalDay } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { useIdentity } from '../patient-banner/identity.ts';
import { nameText } from '../patient-banner/patient-name.ts';
import './patient-card.css';

interface PatientCardProps {
  /** Whose it is: `From`, `To`. */
  title?: string;
  patientId: string;
}

/** Name, birth date and number of a patient, by which two patients are told apart. */
export function PatientCard({ title, patientId }: PatientCardProps) {
  const answer = useIdentity(patientId);
  const patient = answer.data;
  return (
    <div className="patient-card">
      {title && <span className="quiet">{title}</span>}
      <b className="patient-card-name">{nameText(patient?.name) ?? text('moves.no-name')}</b>
      <span>
        {patient?.birthDate
          ? text('moves.birth-date', { day: formatLocalDay(patient.birthDate) })
          : text('moves.no-birth-date')}
      </span>
      <span className="patient-card-number">{patientId}</span>
      <QueryStatus what="patient" answer={answer} />
    </div>
  );
}
