import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { NewApiKey, Scope } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';

type RecordType = Scope extends `${infer Type}:${string}` ? Type : never;
type Access = Scope extends `${string}:${infer Access}` ? Access : never;

/** The scopes of a key, with their labels. The compiler reports a missing one. */
const RECORDS: Record<RecordType, string> = {
  patient: 'Patients',
  user: 'Users',
  prescription: 'Prescriptions',
  item: 'Items',
  pos_event: 'Till events',
  compound_batch: 'Compound batches',
  delivery: 'Deliveries',
  '*': 'All records',
};
const ACCESS: Record<Access, string> = { read: 'Read', write: 'Write' };

interface NewKeyDialogProps {
  onMade: (key: NewApiKey) => void;
  onClose: () => void;
}

/** The dialog that asks for the scopes of a new key. */
export function NewKeyDialog({ onMade, onClose }: NewKeyDialogProps) {
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const until = String(form.get('until') ?? '');
    // A second click would create a second key, which the dialog never shows.
    setBusy(true);
    try {
      onMade(
        await bodyOf(
          api.POST('/api/v2/keys', {
            body: {
              name: String(form.get('name')),
              scopes: form.getAll('scope') as Scope[],
              expires_at: until ? new Date(`${until}T23:59:59`).toISOString() : undefined,
            },
          }),
        ),
      );
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="New API key" onClose={onClose}>
      <form onSubmit={make} className="fields">
        <label>
          Name
          <input name="name" autoFocus required maxLength={100} placeholder="Pharmacy" />
        </label>
        <fieldset className="admin-scopes">
          <legend>Opens</legend>
          {Object.entries(RECORDS).map(([type, name]) => (
            <div key={type} className="admin-scope">
              <span>{name}</span>
              {Object.entries(ACCESS).map(([access, verb]) => (
                <label key={access}>
                  <input
                    type="checkbox"
                    name="scope"
                    value={`${type}:${access}`}
                    aria-label={`${verb} ${name.toLowerCase()}`}
                  />
                  {verb}
                </label>
              ))}
            </div>
          ))}
        </fieldset>
        <label>
          Good until (optional)
          <input name="until" type="date" />
        </label>
        <FormEnd failure={failure} action="Make key" isBusy={isBusy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
