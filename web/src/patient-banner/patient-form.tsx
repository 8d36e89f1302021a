import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Identity } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { FormEnd } from '../parts/form-end.tsx';

interface PatientFormProps {
  identity: Identity;
  /** The label of the button that saves. */
  action: string;
  onDone: () => void;
  onClose: () => void;
}

/** Asks for name, birth date and sex, and writes them into the directory. */
export function PatientForm({ identity, action, onDone, onClose }: PatientFormProps) {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const { patientId, birthDate, sex } = identity;
  const [family = '', given = '', ...others] = (identity.name?.alphabetic ?? '').split('^');
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const entered = (field: string) => String(form.get(field) ?? '').trim();
    setBusy(true);
    try {
      const params = { path: { id: patientId } };
      const known = identity.name && (await formerNumbersOf(patientId));
      const groups = [entered('family'), entered('given'), ...others];
      const alphabetic = groups.slice(0, groups.findLastIndex(Boolean) + 1).join('^');
      await api.PUT('/api/patients/{id}', {
        params,
        body: {
          name: { ...identity.name, alphabetic },
          birthDate: entered('birthDate') || null,
          sex: (entered('sex') || null) as Identity['sex'],
          formerNumbers: known ?? [],
        },
      });
      await queries.invalidateQueries({ queryKey: ['identity', patientId] });
      onDone();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <form className="fields" onSubmit={save}>
      <div className="patient-form-names">
        <label>
          {text('banner.family-name')}
          {/* biome-ignore lint/a11y/noAutofocus: the form was opened to write this */}
          <input name="family" required maxLength={30} defaultValue={family} autoFocus autoComplete="off" />
        </label>
        <label>
          {text('banner.given-name')}
          <input name="given" maxLength={30} defaultValue={given} autoComplete="off" />
        </label>
      </div>
      <div className="patient-form-names">
        <label>
          {text('banner.birth-date')}
          <input name="birthDate" type="date" defaultValue={birthDate ?? ''} max="9999-12-31" />
        </label>
        <label>
          {text('banner.sex')}
          <select name="sex" defaultValue={sex ?? ''}>
            <option value="">{text('banner.sex-unknown')}</option>
            <option value="F">{text('banner.sex-female')}</option>
            <option value="M">{text('banner.sex-male')}</option>
            <option value="O">{text('banner.sex-other')}</option>
          </select>
        </label>
      </div>
      <FormEnd failure={failure} action={action} isBusy={isBusy} onClose={onClose} />
    </form>
  );
}

/** The form does not show them, and what is written replaces the whole entry. */
async function formerNumbersOf(id: string): Promise<string[]> {
  try {
    return (await bodyOf(api.GET('/api/patients/{id}', { params: { path: { id } } }))).formerNumbers;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}
