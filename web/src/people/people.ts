import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import type { Person } from '../api/types.ts';

export type Role = NonNullable<Person['role']>;

/** The roles that can be given; the compiler reports a missing one. */
export const ROLES = Object.keys({
  patient: true,
  staff: true,
  doctor: true,
  admin: true,
} satisfies Record<Role, true>) as Role[];

export interface PersonChanges {
  role?: Role;
  patient_id?: string;
  enabled?: boolean;
}

interface Listed {
  people: Person[];
  next: string | null;
}

export const readPeople = (role: Role | undefined, cursor: string | undefined, signal: AbortSignal) =>
  bodyOf(api.GET('/api/people', { params: { query: { role, cursor } }, signal }));

/** Changes a person in the service and in every list: Cognito lists a change some seconds later. */
export async function changePerson(
  queries: QueryClient,
  { subject }: Person,
  changes: PersonChanges,
): Promise<Person> {
  const body = changes;
  const changed = await bodyOf(api.PATCH('/api/people/{subject}', { params: { path: { subject } }, body }));
  queries.setQueriesData<InfiniteData<Listed>>({ queryKey: ['people'] }, (read) =>
    eachPage(read, (people) => people.map((person) => (person.subject === subject ? changed : person))),
  );
  return changed;
}

/** Adds a person, once for each key, and shows it first in every list. */
export async function addPerson(
  queries: QueryClient,
  key: string,
  body: { email: string; name: string; role: Role; patient_id?: string | undefined },
): Promise<Person> {
  const added = await bodyOf(api.POST('/api/people', { body, headers: { 'Idempotency-Key': key } }));
  queries.setQueriesData<InfiniteData<Listed>>({ queryKey: ['people'] }, (read) =>
    eachPage(read, (people, index) => (index === 0 ? [added, ...people] : people)),
  );
  return added;
}

const eachPage = (
  read: InfiniteData<Listed> | undefined,
  change: (people: Person[], index: number) => Person[],
) =>
  read && {
    ...read,
    pages: read.pages.map((page, index) => ({ ...page, people: change(page.people, index) })),
  };

/** What the page calls a person. */
export const callOf = ({ name, email, subject }: Person): string => name ?? email ?? subject;
