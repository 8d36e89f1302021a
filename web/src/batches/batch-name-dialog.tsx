import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';
import { formatDay } from '../parts/format.ts';
import { putBatch } from './batches.ts';

interface BatchNameDialogProps {
  title: string;
  action: string;
  patientId: string;
  /** The batch to rename; undefined to create one. */
  batch?: { id: string; name: string };
  onDone?: (batchId: string) => void;
  onClose: () => void;
}

/** The dialog for a batch's name: a day, prefilled with today, or any text. */
export function BatchNameDialog({ title, action, patientId, batch, onDone, onClose }: BatchNameDialogProps) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const [name, setName] = useState(batch?.name ?? formatDay(new Date()));
  // The same request in another attempt creates no second batch.
  const [wish] = useState(() => crypto.randomUUID());
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const saved = batch
        ? await rename(batch.id, name)
        : await bodyOf(
            api.POST('/api/images/batches', {
              headers: { 'Idempotency-Key': wish },
              body: { name, content_type: 'patients.patient', object_id: patientId },
            }),
          );
      putBatch(queries, saved);
      if (batch) {
        toasts.say(text('batches.renamed', { name }), {
          undo: async () => putBatch(queries, await rename(batch.id, batch.name)),
        });
      }
      void queries.invalidateQueries({ queryKey: ['summary', patientId] });
      onDone?.(saved.id);
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={save} className="fields">
        {!batch && (
          <label>
            {text('batches.date')}
            <input
              type="date"
              defaultValue={localDay(new Date())}
              onChange={({ target }) =>
                target.valueAsDate && setName(formatDay(new Date(`${target.value}T12:00`)))
              }
            />
          </label>
        )}
        <label>
          {text('batches.name')}
          <input
            autoFocus
            required
            maxLength={255}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <FormEnd failure={failure} action={action} isBusy={isBusy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

const rename = (id: string, name: string) =>
  bodyOf(api.PUT('/api/images/batches/{id}', { params: { path: { id } }, body: { name } }));

/** The day in the local time zone, not in UTC. */
const localDay = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
