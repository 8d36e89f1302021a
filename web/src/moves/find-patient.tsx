import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useState } from 'react';
import { normalizePatientId } from '../../../lib/domain/patients/normalize-patient-id.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ListedPatient } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatLocalDay } from '../parts/format.ts';
import { nameText } from '../patient-banner/patient-name.ts';
import './find-patient.css';

const MOST = 6;
/** Without this delay each typed letter would be a request; milliseconds. */
const PAUSE_MS = 200;
const NUMBER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

interface FindPatientProps {
  /** The number of the chosen patient; undefined while nobody is. */
  chosen: string | undefined;
  onChoose: (patientId: string | undefined) => void;
}

/** Finds a patient by number or name. A number that nobody has is chosen only after a confirmation. */
export function FindPatient({ chosen, onChoose }: FindPatientProps) {
  const [written, setWritten] = useState('');
  const wanted = useDeferredValue(written.trim());
  const { data: found, isPlaceholderData } = useQuery({
    queryKey: ['patients', 'found', wanted],
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
      return bodyOf(api.GET('/api/patients', { params: { query: { q: wanted, limit: MOST } }, signal }));
    },
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
  });
  const isCurrent = found !== undefined && !isPlaceholderData && wanted === written.trim();
  const listed = wanted === '' ? [] : (found?.patients ?? []);
  const number = normalizePatientId(written);
  const exact = listed.find(({ patientId }) => patientId === number);
  const only = exact ?? (listed.length === 1 ? listed[0] : undefined);
  const isNew = isCurrent && !exact && NUMBER.test(number);

  useEffect(() => {
    // A number that is typed in full, or the only patient of this name, needs no further choice.
    if (isCurrent && only) onChoose(only.patientId);
  }, [isCurrent, only, onChoose]);

  return (
    <div className="find-patient">
      <label>
        {text('moves.which-patient')}
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to write this
          autoFocus
          required
          value={written}
          onChange={({ target }) => {
            setWritten(target.value);
            onChoose(undefined);
          }}
          placeholder={text('moves.number-or-name')}
          maxLength={64}
          autoComplete="off"
        />
      </label>
      {listed.length > 0 && !(exact && listed.length === 1) && (
        <ul aria-label={text('moves.found')}>
          {listed.map((patient) => (
            <Found
              key={patient.patientId}
              patient={patient}
              isChosen={patient.patientId === chosen}
              onChoose={onChoose}
            />
          ))}
        </ul>
      )}
      {isNew && (
        <label className="find-new">
          <input
            type="checkbox"
            checked={chosen === number}
            onChange={({ target }) => onChoose(target.checked ? number : undefined)}
          />
          {text('moves.new-number', { number })}
        </label>
      )}
    </div>
  );
}

interface FoundProps {
  patient: ListedPatient;
  isChosen: boolean;
  onChoose: (patientId: string) => void;
}

const Found = ({ patient, isChosen, onChoose }: FoundProps) => (
  <li>
    <button type="button" aria-pressed={isChosen} onClick={() => onChoose(patient.patientId)}>
      <b>{nameText(patient.name)}</b>
      <span>{patient.birthDate && formatLocalDay(patient.birthDate)}</span>
      <span className="quiet">{patient.patientId}</span>
    </button>
  </li>
);
