import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useDeletion } from '../changes/use-deletion.ts';
import { text } from '../messages/text.ts';
import { Confirm } from '../parts/dialog.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';

interface DeleteStudyProps {
  study: string;
  /** The patient of the study; undefined if it is unassigned. */
  patientId: string | undefined;
  /** The page that is shown when the study is deleted. */
  nextPath: string;
}

/** The button that deletes a study, after a question. */
export function DeleteStudy({ study, patientId, nextPath }: DeleteStudyProps) {
  const { deleteStudy } = useDeletion();
  const [, navigate] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const remove = async () => {
    await deleteStudy(study, () => navigate(nextPath));
  };
  return (
    <>
      <IconButton
        icon={Trash2}
        size={16}
        className="danger"
        onClick={() => setAsking(true)}
        label={text('exams.delete-button')}
        title={text('exams.delete')}
      />
      {isAsking && (
        <Confirm
          title={text('exams.delete-title')}
          action={text('exams.delete-action')}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          {patientId && <PatientLine patientId={patientId} />}
          {text('exams.delete-note')}
        </Confirm>
      )}
    </>
  );
}
