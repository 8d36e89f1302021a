import { type ReactNode, useMemo, useState } from 'react';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';
import type { EyeSide } from '../api/types.ts';
import { EYE_SIDES } from '../images/eye-sides.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { Spinner } from '../parts/spinner.tsx';
import { useSettledText } from '../parts/use-settled-text.ts';
import { useIdentity } from '../patient-banner/identity.ts';
import { PatientDialog } from '../patient-banner/patient-dialog.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { useSession } from '../session/session-provider.tsx';
import { DropZone } from '../uploads/drop-zone.tsx';
import type { ImageTarget } from '../uploads/upload-record.ts';

interface CaseUploadProps {
  caseId: string;
  /** The patient of the case. Known as soon as the case has an image. */
  patientId: string | undefined;
}

/** Uploads images into a case, with the details for the files that are dropped next. */
export function CaseUpload({ caseId, patientId: known }: CaseUploadProps) {
  const { person } = useSession();
  const [written, setWritten] = useState('');
  const [eyeSide, setEyeSide] = useState<EyeSide>('unknown');
  const [capturedAt, setCapturedAt] = useState('');
  const patientId = person.patientId ?? known ?? (normalizePatientId(written) || undefined);
  const target = useMemo(
    (): ImageTarget => ({
      kind: 'case',
      id: caseId,
      title: text('cases.title', { id: caseId }),
      patientId,
      eyeSide,
      // A local time: the offset of this computer says nothing about that of the camera.
      capturedAt: capturedAt || undefined,
    }),
    [caseId, patientId, eyeSide, capturedAt],
  );
  return (
    <section className="case-upload" aria-labelledby="case-upload">
      <h2 id="case-upload">{text('cases.add')}</h2>
      <div className="case-fields">
        {!person.patientId && !known && (
          <label className="wide">
            {text('cases.patient-number')}
            <input
              value={written}
              onChange={({ target }) => setWritten(target.value)}
              placeholder="P-1001"
              autoComplete="off"
            />
          </label>
        )}
        <label>
          {text('cases.eye')}
          <select value={eyeSide} onChange={({ target }) => setEyeSide(target.value as EyeSide)}>
            {Object.entries(EYE_SIDES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          {text('cases.captured')}
          <input
            type="datetime-local"
            value={capturedAt}
            onChange={({ target }) => setCapturedAt(target.value)}
          />
        </label>
      </div>
      {patientId ? (
        <ForKnownPatient patientId={patientId} isAsked={!person.patientId && !known}>
          <DropZone target={target} />
        </ForKnownPatient>
      ) : (
        <p className="quiet">{text('cases.whose')}</p>
      )}
    </section>
  );
}

interface ForKnownPatientProps {
  patientId: string;
  /** Whether somebody has typed the number here, so that it may be wrong. */
  isAsked: boolean;
  children: ReactNode;
}

/** Says whose the typed number is, before anything is uploaded for it; a new one is registered first. */
function ForKnownPatient({ patientId, isAsked, children }: ForKnownPatientProps) {
  const settled = useSettledText(patientId);
  const { data: identity, isError } = useIdentity(isAsked ? settled : undefined);
  const [isRegistering, setRegistering] = useState(false);
  if (!isAsked) return children;
  // Nothing may be dropped for the beginning of a number.
  if (settled !== patientId || !(identity || isError)) return <Spinner label={text('cases.looking')} />;
  if (identity && !identity.isKnown) {
    return (
      <div className="case-new-patient" role="status">
        <span>{richText('cases.new-patient', { patient: patientId, b: (words) => <b>{words}</b> })}</span>
        <button type="button" className="button small" onClick={() => setRegistering(true)}>
          {text('cases.register', { patient: patientId })}
        </button>
        {isRegistering && <PatientDialog identity={identity} onClose={() => setRegistering(false)} />}
      </div>
    );
  }
  return (
    <>
      <PatientLine patientId={patientId} />
      {children}
    </>
  );
}
