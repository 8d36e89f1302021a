import { useSession } from '../session/session-provider.tsx';
import { ErasePatient } from './erase-patient.tsx';
import { PatientArchive } from './patient-archive.tsx';
import './patient-data.css';

/** What may be done with all data of a patient at once: by the patient, and by admins. */
export function PatientData({ patientId }: { patientId: string }) {
  const { role } = useSession().person;
  if (role !== 'patient' && role !== 'admin') return null;
  return (
    <div className="patient-data">
      <PatientArchive patientId={patientId} />
      {role === 'admin' && <ErasePatient patientId={patientId} />}
    </div>
  );
}
