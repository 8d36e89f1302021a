import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import type { Person } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';
import { callOf, changePerson } from './people.ts';

interface PatientNumberDialogProps {
  person: Person;
  onClose: () => void;
}

/** Makes a person the patient of a number, which decides whose images the person sees. */
export function PatientNumberDialog({ person, onClose }: PatientNumberDialogProps) {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await changePerson(queries, person, { role: 'patient', patient_id: String(form.get('number')) });
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={text('people.number-of', { name: callOf(person) })} onClose={onClose}>
      <form onSubmit={submit} className="fields">
        <label>
          {text('people.number')}
          <input name="number" autoFocus required maxLength={66} defaultValue={person.patient_id ?? ''} />
        </label>
        <p className="quiet">{text('people.number-opens')}</p>
        <FormEnd failure={failure} action={text('people.save')} isBusy={isBusy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
