import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api } from '../api/client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';

interface AssignStudyDialogProps {
  study: string;
  /** The patient of the study; undefined if it is unassigned. */
  patientId: string | undefined;
  onClose: () => void;
}

/** The dialog that asks for the patient to assign a study to. */
export function AssignStudyDialog({ study, patientId, onClose }: AssignStudyDialogProps) {
  const queries = useQueryClient();
  const [number, setNumber] = useState('');
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const assign = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.POST('/dicom/studies/{study}/patient', {
        params: { path: { study } },
        body: { patientId: number.trim(), ...(patientId !== undefined && { reason }) },
      });
      await Promise.all(['study', 'studies'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={patientId === undefined ? 'Assign the study to a patient' : 'Move the study'}
      onClose={onClose}
    >
      <form onSubmit={assign} className="fields">
        <p>
          {patientId === undefined
            ? 'The patient will see the study and all that comes to it later.'
            : `${patientId} will no longer see the study; the other patient will.`}
        </p>
        <label>
          Patient number
          <input
            autoFocus
            required
            maxLength={64}
            value={number}
            onChange={({ target }) => setNumber(target.value)}
            pattern="\s*[A-Za-z0-9][A-Za-z0-9._\-]*\s*"
            title="Letters, digits, dots, dashes and underscores"
            autoComplete="off"
          />
        </label>
        {patientId !== undefined && (
          <label>
            Reason
            <input
              required
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
              pattern=".*\S.*"
              title="It is kept in the audit log"
              autoComplete="off"
            />
          </label>
        )}
        <FormEnd
          failure={failure}
          action={patientId === undefined ? 'Assign' : 'Move'}
          isBusy={isBusy}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
