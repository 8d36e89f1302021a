import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';
import { addPerson, ROLES, type Role } from './people.ts';

/** The dialog that invites a person. */
export function AddPersonDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const [role, setRole] = useState<Role>('staff');
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  // The same person sent again is the same request; another one needs a key of its own.
  const attempt = useRef({ content: '', key: '' });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? '').trim();
    const { name, email } = { name: field('name'), email: field('email') };
    const person = { name, email, role, ...(role === 'patient' && { patient_id: field('number') }) };
    const content = JSON.stringify(person);
    if (attempt.current.content !== content) attempt.current = { content, key: crypto.randomUUID() };
    setBusy(true);
    try {
      await addPerson(queries, attempt.current.key, person);
      toasts.say(text('people.added', { name, email }));
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={text('people.add-title')} onClose={onClose}>
      <form onSubmit={submit} className="fields">
        <label>
          {text('people.name')}
          <input name="name" autoFocus required maxLength={100} autoComplete="off" />
        </label>
        <label>
          {text('people.email')}
          <input name="email" type="email" required maxLength={254} autoComplete="off" />
        </label>
        <label>
          {text('people.role')}
          <select value={role} onChange={({ target }) => setRole(target.value as Role)}>
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {text(`role.${each}`)}
              </option>
            ))}
          </select>
        </label>
        {role === 'patient' && (
          <label>
            {text('people.number')}
            <input name="number" required maxLength={66} autoComplete="off" />
          </label>
        )}
        <p className="quiet">{text('people.first-password')}</p>
        <FormEnd failure={failure} action={text('people.invite')} isBusy={isBusy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
