import { useMemo, useState } from 'react';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';
import type { EyeSide } from '../api/types.ts';
import { EYE_SIDES } from '../images/eye-sides.ts';
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
      title: `Case ${caseId}`,
      patientId,
      eyeSide,
      // A local time: the offset of this computer says nothing about that of the camera.
      capturedAt: capturedAt || undefined,
    }),
    [caseId, patientId, eyeSide, capturedAt],
  );
  return (
    <section className="case-upload" aria-labelledby="case-upload">
      <h2 id="case-upload">Add images</h2>
      <div className="case-fields">
        {!person.patientId && !known && (
          <label className="wide">
            Patient number
            <input
              value={written}
              onChange={({ target }) => setWritten(target.value)}
              placeholder="P-1001"
              autoComplete="off"
            />
          </label>
        )}
        <label>
          Eye
          <select value={eyeSide} onChange={({ target }) => setEyeSide(target.value as EyeSide)}>
            {Object.entries(EYE_SIDES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          Captured
          <input
            type="datetime-local"
            value={capturedAt}
            onChange={({ target }) => setCapturedAt(target.value)}
          />
        </label>
      </div>
      {patientId ? (
        <DropZone target={target} />
      ) : (
        <p className="quiet">Say whose case it is; then its images can be uploaded.</p>
      )}
    </section>
  );
}
