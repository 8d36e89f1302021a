import { useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api/client.ts';
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
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const remove = async () => {
    await api.DELETE('/dicom-web/studies/{study}', { params: { path: { study } } });
    navigate(nextPath);
    await Promise.all(['study', 'studies'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
  return (
    <>
      <IconButton
        icon={Trash2}
        size={16}
        className="danger"
        onClick={() => setAsking(true)}
        label="Delete the study"
        title="Delete"
      />
      {isAsking && (
        <Confirm
          title="Delete study?"
          action="Delete study"
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          {patientId && <PatientLine patientId={patientId} />}All series and images of the study will be
          deleted.
        </Confirm>
      )}
    </>
  );
}
