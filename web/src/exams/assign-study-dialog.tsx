import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api } from '../api/client.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { readAgain } from '../changes/use-deletion.ts';
import { text } from '../messages/text.ts';
import { FindPatient } from '../moves/find-patient.tsx';
import { PatientCard } from '../moves/patient-card.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';

interface AssignStudyDialogProps {
  study: string;
  onClose: () => void;
}

/** The dialog that asks for the patient to assign a study of nobody to. */
export function AssignStudyDialog({ study, onClose }: AssignStudyDialogProps) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const [chosen, setChosen] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const send = async (patientId: string | null) => {
    await api.POST('/dicom/studies/{study}/patient', { params: { path: { study } }, body: { patientId } });
    readAgain(queries, ['study', 'studies']);
  };
  const assign = async (event: FormEvent) => {
    event.preventDefault();
    if (chosen === undefined || isBusy) return;
    setBusy(true);
    try {
      await send(chosen);
      toasts.say(text('exams.assigned', { patient: chosen }), { undo: () => send(null) });
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={text('exams.assign-title')} onClose={onClose}>
      <form onSubmit={assign} className="fields">
        <p>{text('exams.assign-note')}</p>
        <FindPatient chosen={chosen} onChoose={setChosen} />
        {chosen !== undefined && <PatientCard title={text('exams.assign-to')} patientId={chosen} />}
        <FormEnd
          failure={failure}
          action={text('exams.assign')}
          isBusy={isBusy || chosen === undefined}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
