import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useDeletion } from '../changes/use-deletion.ts';
import { Confirm } from '../parts/dialog.tsx';
import { IconButton } from '../parts/icon-button.tsx';

interface DeleteStudyProps {
  study: string;
  /** The page that is shown when the study is deleted. */
  nextPath: string;
}

/** The button that deletes a study, after a question. */
export function DeleteStudy({ study, nextPath }: DeleteStudyProps) {
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
          All series and images of the study will be deleted. It can be restored from the trash.
        </Confirm>
      )}
    </>
  );
}
