import { Pencil, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { text } from '../messages/text.ts';
import { useSession } from '../session/session-provider.tsx';
import { PatientDialog } from './patient-dialog.tsx';
import { bornText } from './patient-line.tsx';
import { nameText } from './patient-name.ts';
import { useViewedPatient } from './use-viewed.ts';
import './patient-banner.css';

interface PatientBannerProps {
  patientId: string;
  /** What of the patient the page shows, such as a case; by default everything. */
  title?: string;
  /** On other pages than the patient's own, the banner links to it. */
  isLink?: boolean;
}

/** Whose images these are, on every screen of a patient: name, birth date, sex and number. */
export function PatientBanner({ patientId, title, isLink = false }: PatientBannerProps) {
  const { person } = useSession();
  const data = useViewedPatient(patientId);
  const [isWriting, setWriting] = useState(false);
  const name = nameText(data?.name);
  const isStaff = person.role !== 'patient';
  const isKnown = data?.isKnown ?? false;
  const number = text(isStaff ? 'banner.patient' : 'banner.your-images', { patient: patientId });
  return (
    <div className="patient-banner">
      <h1>
        {title && <span className="patient-banner-title">{title} </span>}
        {name && <span className="patient-banner-name">{name} </span>}
        {data && bornText(data) && <span className="patient-banner-born">{bornText(data)} </span>}
        <span className="patient-banner-number">
          {isLink ? <Link href={`/patients/${encodeURIComponent(patientId)}`}>{number}</Link> : number}
        </span>
      </h1>
      {isStaff && isKnown && (
        <button type="button" className="patient-banner-action" onClick={() => setWriting(true)}>
          <Pencil size={14} aria-hidden /> {text(name ? 'banner.correct' : 'banner.add-name')}
        </button>
      )}
      {person.role === 'admin' && (
        <Link
          className="patient-banner-action"
          href={`/admin/audit?patient_id=${encodeURIComponent(patientId)}`}
        >
          <ShieldCheck size={14} aria-hidden /> {text('banner.who-saw')}
        </Link>
      )}
      {isWriting && data && <PatientDialog identity={data} onClose={() => setWriting(false)} />}
    </div>
  );
}
