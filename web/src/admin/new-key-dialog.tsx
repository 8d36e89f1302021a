import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { NewApiKey, Scope } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';

/** What a key may open; the compiler finds one that is none. */
const SCOPES: Record<Scope, true> = {
  'patient:read': true,
  'patient:write': true,
  'user:read': true,
  'user:write': true,
  'prescription:read': true,
  'prescription:write': true,
  'item:read': true,
  'item:write': true,
  'pos_event:read': true,
  'pos_event:write': true,
  'compound_batch:read': true,
  'compound_batch:write': true,
  'delivery:read': true,
  'delivery:write': true,
  '*:read': true,
  '*:write': true,
};

interface NewKeyDialogProps {
  onMade: (key: NewApiKey) => void;
  onClose: () => void;
}

/** Asks what a new key is to open. */
export function NewKeyDialog({ onMade, onClose }: NewKeyDialogProps) {
  const [failure, setFailure] = useState<string>();
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const until = String(form.get('until') ?? '');
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
          {Object.keys(SCOPES).map((scope) => (
            <label key={scope}>
              <input type="checkbox" name="scope" value={scope} /> {scope}
            </label>
          ))}
        </fieldset>
        <label>
          Good until (optional)
          <input name="until" type="date" />
        </label>
        {failure && (
          <p className="field-error" role="alert">
            {failure}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary">
            Make key
          </button>
        </div>
      </form>
    </Dialog>
  );
}
