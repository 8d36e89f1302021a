import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { NewApiKey, Scope } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';

type Opened = Scope extends `${infer Name}:${string}` ? Name : never;
type Access = Scope extends `${string}:${infer Each}` ? Each : never;

/** All scopes, in the order of the form. The compiler reports a missing one. */
const SCOPES = Object.keys({
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
  'batches:read': true,
  'batches:write': true,
  'dicom:read': true,
  'dicom:store': true,
} satisfies Record<Scope, true>) as Scope[];
const opened = [...new Set(SCOPES.map((scope) => scope.split(':')[0] as Opened))];

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
    <Dialog title={text('keys.new-title')} onClose={onClose}>
      <form onSubmit={make} className="fields">
        <label>
          {text('keys.name')}
          <input name="name" autoFocus required maxLength={100} placeholder={text('keys.example')} />
        </label>
        <fieldset className="admin-scopes">
          <legend>{text('keys.opens')}</legend>
          {opened.map((what) => (
            <div key={what} className="admin-scope">
              <span>{text(`key-scope.${what}`)}</span>
              {SCOPES.filter((scope) => scope.startsWith(`${what}:`)).map((scope) => (
                <ScopeCheckbox key={scope} scope={scope} />
              ))}
            </div>
          ))}
        </fieldset>
        <label>
          {text('keys.until-optional')}
          <input name="until" type="date" />
        </label>
        <FormEnd failure={failure} action={text('keys.make')} isBusy={isBusy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function ScopeCheckbox({ scope }: { scope: Scope }) {
  const [what, access] = scope.split(':') as [Opened, Access];
  return (
    <label>
      <input type="checkbox" name="scope" value={scope} aria-label={text(`key-may.${access}`, { what })} />
      {text(`key-access.${access}`)}
    </label>
  );
}
