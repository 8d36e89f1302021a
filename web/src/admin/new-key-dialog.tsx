import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { NewApiKey, Scope } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';

type Opened = Scope extends `${infer Name}:${string}` ? Name : never;
type AccessOf<Each> = Each extends `${string}:${infer Access}` ? Access : never;

const READ_OR_WRITE = { read: 'Read', write: 'Write' };

/** What a key may open, with its labels. The compiler reports a missing scope. */
const SCOPES: {
  [Name in Opened]: [label: string, accesses: Record<AccessOf<Extract<Scope, `${Name}:${string}`>>, string>];
} = {
  patient: ['Patients', READ_OR_WRITE],
  user: ['Users', READ_OR_WRITE],
  prescription: ['Prescriptions', READ_OR_WRITE],
  item: ['Items', READ_OR_WRITE],
  pos_event: ['Till events', READ_OR_WRITE],
  compound_batch: ['Compound batches', READ_OR_WRITE],
  delivery: ['Deliveries', READ_OR_WRITE],
  '*': ['All records', READ_OR_WRITE],
  batches: ['Image batches of all patients', READ_OR_WRITE],
  dicom: ['DICOM of all patients', { read: 'Read', store: 'Store' }],
};

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
          {Object.entries(SCOPES).map(([opened, [name, accesses]]) => (
            <div key={opened} className="admin-scope">
              <span>{name}</span>
              {Object.entries(accesses).map(([access, verb]) => (
                <label key={access}>
                  <input
                    type="checkbox"
                    name="scope"
                    value={`${opened}:${access}`}
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
