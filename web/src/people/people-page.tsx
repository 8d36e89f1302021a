import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { useAddress } from '../links/address.ts';
import { text } from '../messages/text.ts';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import { AddPersonDialog } from './add-person-dialog.tsx';
import { ROLES, type Role, readPeople } from './people.ts';
import { PeopleTable } from './people-table.tsx';
import '../admin/admin.css';
import './people-page.css';

/** The answer of a service whose people are kept by an issuer of the clinic's own. */
const isElsewhere = (error: unknown) => error instanceof ApiError && error.status === 409;

/** The people who may sign in. The role by which the list is filtered is in the address. */
export function PeoplePage() {
  const [{ role: given }, set] = useAddress(['role']);
  const role = ROLES.find((each) => each === given);
  const [isAdding, setAdding] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ['people', role],
    queryFn: ({ pageParam: cursor, signal }) => readPeople(role, cursor, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  useEffect(() => {
    document.title = text('people.title');
  }, []);
  if (isElsewhere(list.error))
    return (
      <main className="page">
        <h1>{text('top-bar.people')}</h1>
        <Message title={text('people.elsewhere')}>{text('people.set-there')}</Message>
      </main>
    );
  const listed = list.data?.pages.flatMap((page) => page.people) ?? [];
  // Who was just added comes again on the page where Cognito lists the person.
  const people = [...new Map(listed.map((person) => [person.subject, person])).values()];
  return (
    <main className="page">
      <div className="admin-head">
        <h1>{text('top-bar.people')}</h1>
        <div className="people-tools">
          <RoleFilter role={role} onChoose={(chosen) => set({ role: chosen }, { replace: false })} />
          <button type="button" className="button primary" onClick={() => setAdding(true)}>
            <Plus size={18} aria-hidden /> {text('people.add')}
          </button>
        </div>
      </div>
      <QueryStatus what="people" answer={list} />
      {list.isSuccess && people.length === 0 && <Message title={text('people.none')} />}
      {people.length > 0 && <PeopleTable people={people} />}
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => list.fetchNextPage()}>
          {text('people.more')}
        </button>
      )}
      {isAdding && <AddPersonDialog onClose={() => setAdding(false)} />}
    </main>
  );
}

interface RoleFilterProps {
  role: Role | undefined;
  onChoose: (role: Role | undefined) => void;
}

const RoleFilter = ({ role, onChoose }: RoleFilterProps) => (
  <select
    aria-label={text('people.filter')}
    value={role ?? ''}
    onChange={({ target }) => onChoose(ROLES.find((each) => each === target.value))}
  >
    <option value="">{text('people.all-roles')}</option>
    {ROLES.map((each) => (
      <option key={each} value={each}>
        {text(`role.${each}`)}
      </option>
    ))}
  </select>
);
