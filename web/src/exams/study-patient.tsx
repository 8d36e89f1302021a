import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { SourceMark } from '../parts/source-mark.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { useViewedPatient } from '../patient-banner/use-viewed.ts';
import { markSeen } from '../search/seen.ts';
import { useSession } from '../session/session-provider.tsx';
import { AssignStudyDialog } from './assign-study-dialog.tsx';
import { DeleteStudy } from './delete-study.tsx';
import { textOf } from './dicom-json.ts';
import { useStudyFacts } from './study-facts.ts';
import { isAssigned, isFromPatient } from './study-tags.ts';

const MoveDialog = lazyPart(() => import('../moves/move-dialog.tsx'), 'MoveDialog');

interface StudyPatientProps {
  study: string;
  /** The name of the patient in the shown file; empty if it has none, or is not loaded. */
  namedInFiles: string;
  /** Whether another view follows as soon as the series are loaded: a dialog that was opened before would be lost. */
  isLoading: boolean;
}

/** The patient and the source of a study, with buttons to assign and to delete it, if the user may do that. */
export function StudyPatient({ study: uid, namedInFiles, isLoading }: StudyPatientProps) {
  const { person } = useSession();
  const { ohifUrl } = pageConfig();
  const [isAsking, setAsking] = useState(false);
  const { data: study } = useStudyFacts(uid);
  const isThere = Boolean(study);
  useEffect(() => {
    if (isThere) markSeen(person.subject, `study ${uid}`);
  }, [isThere, person.subject, uid]);
  if (!study) return null;
  const [id, issuer] = [textOf(study, '00100020'), textOf(study, '00100021')];
  const mayAssign = !isLoading && (isAssigned(study) ? person.mayReassign : person.role !== 'patient');
  return (
    <>
      {isAssigned(study) ? (
        <OwnerOfStudy patientId={id} namedInFiles={namedInFiles} />
      ) : (
        <span>
          {namedInFiles && <b dir="auto">{namedInFiles} </b>}
          {text('exams.no-patient', {
            number: id,
            hasNumber: id !== '',
            issuer,
            hasIssuer: issuer !== '',
          })}
        </span>
      )}
      <SourceMark isFromPatient={isFromPatient(study)} />
      {ohifUrl && (
        <a
          className="button small"
          href={`${ohifUrl}/viewer?StudyInstanceUIDs=${uid}`}
          target="_blank"
          rel="noreferrer"
        >
          {text('exams.ohif')}
        </a>
      )}
      {mayAssign && (
        <button type="button" className="button small" onClick={() => setAsking(true)}>
          {isAssigned(study) ? text('exams.move') : text('exams.assign-open')}
        </button>
      )}
      {person.mayDelete && !isLoading && (
        <DeleteStudy
          study={uid}
          patientId={isAssigned(study) ? id : undefined}
          nextPath={isAssigned(study) ? `/patients/${id}` : '/'}
        />
      )}
      {isAsking && isAssigned(study) && (
        <MoveDialog patientId={id} moved={{ kind: 'study', study: uid }} onClose={() => setAsking(false)} />
      )}
      {isAsking && !isAssigned(study) && <AssignStudyDialog study={uid} onClose={() => setAsking(false)} />}
    </>
  );
}

function OwnerOfStudy({ patientId, namedInFiles }: { patientId: string; namedInFiles: string }) {
  useViewedPatient(patientId);
  return (
    <Link href={`/patients/${patientId}`}>
      <PatientLine patientId={patientId} namedInFiles={namedInFiles} />
    </Link>
  );
}
