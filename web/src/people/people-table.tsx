import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import type { Person } from '../api/types.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { text } from '../messages/text.ts';
import { formatTime } from '../parts/format.ts';
import { useSession } from '../session/session-provider.tsx';
import { PatientNumberDialog } from './patient-number-dialog.tsx';
import { callOf, changePerson, type PersonChanges, ROLES } from './people.ts';

/** The people, each with the role and whether they can sign in. */
export function PeopleTable({ people }: { people: readonly Person[] }) {
  const [numbered, setNumbered] = useState<Person>();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
    <section className="admin-table" tabIndex={0} aria-label={text('people.list')}>
      <table>
        <thead>
          <tr>
            <th>{text('people.name')}</th>
            <th>{text('people.email')}</th>
            <th>{text('people.role')}</th>
            <th>{text('people.state')}</th>
            <th>{text('people.created')}</th>
            <th>{text('people.changed')}</th>
            <th>
              <span className="hidden">{text('people.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow key={person.subject} person={person} onNumber={() => setNumbered(person)} />
          ))}
        </tbody>
      </table>
      {numbered && <PatientNumberDialog person={numbered} onClose={() => setNumbered(undefined)} />}
    </section>
  );
}

interface PersonRowProps {
  person: Person;
  /** Asks for the number of a patient. */
  onNumber: () => void;
}

function PersonRow({ person, onNumber }: PersonRowProps) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const { person: self } = useSession();
  const [isBusy, setBusy] = useState(false);
  const isSelf = person.subject === self.subject;
  const name = callOf(person);
  const number = person.patient_id ?? text('people.no-number');
  const change = async (changes: PersonChanges, done: string) => {
    setBusy(true);
    try {
      await changePerson(queries, person, changes);
      toasts.say(done);
    } catch (error) {
      toasts.say(text('people.not-changed', { name, reason: explain(error) }), { tone: 'bad' });
    }
    setBusy(false);
  };
  const choose = (value: string) => {
    const role = ROLES.find((each) => each === value);
    if (role === 'patient') onNumber();
    else if (role) void change({ role }, text('people.role-changed', { name, role: text(`role.${role}`) }));
  };
  const toggle = () =>
    change(
      { enabled: !person.enabled },
      text(person.enabled ? 'people.was-disabled' : 'people.was-enabled', { name }),
    );
  return (
    <tr className={person.enabled ? '' : 'ended'}>
      <td data-label={text('people.name')} className="wide">
        {name} {isSelf && <span className="quiet">({text('people.you')})</span>}
      </td>
      <td data-label={text('people.email')} className="wide">
        {person.email}
      </td>
      <td data-label={text('people.role')}>
        <span className="people-role">
          <select
            aria-label={text('people.role-of', { name })}
            value={person.role ?? ''}
            disabled={isSelf || isBusy}
            onChange={({ target }) => choose(target.value)}
          >
            {person.role === null && <option value="">{text('people.no-role')}</option>}
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {text(`role.${role}`)}
              </option>
            ))}
          </select>
          {person.role === 'patient' && (
            <button
              type="button"
              className="button small"
              onClick={onNumber}
              aria-label={text('people.change-number', { name, number })}
            >
              {number}
            </button>
          )}
        </span>
      </td>
      <td data-label={text('people.state')}>
        {person.enabled
          ? text(person.invited ? 'people.invited' : 'people.enabled')
          : text('people.disabled')}
      </td>
      <td data-label={text('people.created')}>{formatTime(person.created_at)}</td>
      <td data-label={text('people.changed')}>{formatTime(person.updated_at)}</td>
      <td>
        {!isSelf && (
          <button
            type="button"
            className="button small"
            disabled={isBusy}
            onClick={() => void toggle()}
            aria-label={text(person.enabled ? 'people.disable-name' : 'people.enable-name', { name })}
          >
            {text(person.enabled ? 'people.disable' : 'people.enable')}
          </button>
        )}
      </td>
    </tr>
  );
}
