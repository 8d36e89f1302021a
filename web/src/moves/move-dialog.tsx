import { useQueryClient } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { type FormEvent, useCallback, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';
import { FindPatient } from './find-patient.tsx';
import { type Destination, doneText, type Movable, move, titleOf } from './movable.ts';
import { PatientCard } from './patient-card.tsx';
import { TargetBatch } from './target-batch.tsx';
import './move-dialog.css';

interface MoveDialogProps {
  moved: Movable;
  /** Whose it is now. */
  patientId: string;
  onMoved?: (() => void) | undefined;
  onClose: () => void;
}

/** Moves something to another patient. Both patients are side by side before it happens. */
export function MoveDialog({ moved, patientId, onMoved, onClose }: MoveDialogProps) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const [chosen, setChosen] = useState<string>();
  const [batch, setBatch] = useState<Destination['batch']>();
  const [reason, setReason] = useState(text('moves.wrong-patient'));
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const choose = useCallback((next: string | undefined) => {
    setChosen(next);
    setBatch(undefined);
  }, []);
  // Images may also go to another batch of the same patient.
  const isSame = chosen === patientId && moved.kind !== 'images';
  const isReady = chosen !== undefined && !isSame && (moved.kind !== 'images' || batch !== undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setBusy(true);
    try {
      const { note, undo } = await move(queries, moved, { patientId: chosen, batch, reason });
      const done = doneText(moved, chosen);
      toasts.say(note ? text('moves.with-note', { moved: done, note }) : done, {
        ...(undo && { undo }),
        link: { href: `/patients/${encodeURIComponent(chosen)}`, label: text('moves.open-patient') },
      });
      onMoved?.();
      onClose();
    } catch (error) {
      setFailure(text('moves.failed', { reason: explain(error) }));
      setBusy(false);
    }
  };
  return (
    <Dialog title={titleOf(moved)} isWide onClose={onClose}>
      <form onSubmit={submit} className="fields">
        <FindPatient chosen={chosen} onChoose={choose} />
        <div className="move-sides">
          <PatientCard title={text('moves.from')} patientId={patientId} />
          <ArrowRight size={24} aria-hidden />
          {chosen === undefined ? (
            <p className="quiet move-open">{text('moves.to-whom')}</p>
          ) : (
            <PatientCard title={text('moves.to')} patientId={chosen} />
          )}
        </div>
        {isSame && <p className="field-error">{text('moves.belongs-already')}</p>}
        {moved.kind === 'images' && chosen !== undefined && (
          <TargetBatch
            key={chosen}
            patientId={chosen}
            name={moved.batchName}
            leaves={moved.images[0]?.batch ?? null}
            onChoose={setBatch}
          />
        )}
        <label>
          {text('moves.reason')}
          <input
            required
            maxLength={500}
            pattern=".*\S.*"
            value={reason}
            onChange={({ target }) => setReason(target.value)}
            autoComplete="off"
          />
        </label>
        <FormEnd
          failure={failure}
          action={text(isBusy ? 'moves.busy' : 'moves.action')}
          isBusy={isBusy || !isReady}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
