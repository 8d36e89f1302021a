import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { Certificate } from './certificate.tsx';

interface EraseDialogProps {
  patientId: string;
  onClose: () => void;
}

const POLL_MS = 1000;

/** Asks for the number of the patient and a reason before it erases everything, and shows the certificate. */
export function EraseDialog({ patientId, onClose }: EraseDialogProps) {
  const queries = useQueryClient();
  const [number, setNumber] = useState('');
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [orderedId, setOrderedId] = useState<string>();
  const label = useId();
  const certificate = useQuery({
    queryKey: ['erasure', orderedId],
    queryFn: () => bodyOf(api.GET('/api/erasures/{id}', { params: { path: { id: orderedId ?? '' } } })),
    enabled: orderedId !== undefined,
    refetchInterval: ({ state }) => (state.data?.ended_at ? false : POLL_MS),
  });
  const erase = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const { id } = await bodyOf(
        api.POST('/api/patients/{id}/erasure', {
          params: { path: { id: patientId } },
          body: { confirm: number, reason },
        }),
      );
      setOrderedId(id);
      setFailure(undefined);
    } catch (error) {
      setFailure(explain(error));
    }
    setBusy(false);
  };
  const close = () => {
    if (orderedId !== undefined) void queries.invalidateQueries();
    onClose();
  };
  if (orderedId !== undefined)
    return (
      <Dialog title={text('archive.erasure-of', { patient: patientId })} onClose={close} isLasting>
        <Certificate certificate={certificate.data} />
        <Failure>{certificate.error ? explain(certificate.error) : undefined}</Failure>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={close}>
            {text('parts.close')}
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={text('archive.erase-title')} onClose={onClose} alert>
      <p className="erase-banner">
        <PatientLine patientId={patientId} />
      </p>
      <p>{text('archive.erase-warning')}</p>
      <form onSubmit={erase} className="erase-form">
        <label htmlFor={`${label}-reason`}>{text('archive.reason')}</label>
        <input
          id={`${label}-reason`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          required
          maxLength={500}
        />
        <label htmlFor={`${label}-number`}>{text('archive.type-number')}</label>
        <input
          id={`${label}-number`}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
          autoComplete="off"
          required
        />
        <Failure>{failure}</Failure>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {text('parts.cancel')}
          </button>
          <button
            type="submit"
            className="button danger"
            disabled={isBusy || normalizePatientId(number) !== patientId}
          >
            {text('archive.erase-everything')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
