import type { UserPool } from '../../data/people/user-pool.ts';
import type { Person } from '../../domain/people/person.ts';
import { lastAdmin, type PersonChange, takesAdminAway } from '../../domain/people/person-change.ts';

export type ChangingPeople = Pick<
  UserPool,
  'setRole' | 'setPatientId' | 'setEnabled' | 'hasOtherAdmin' | 'reread'
>;

/**
 * Changes a person. At least one admin who can sign in is left: of two who take the rights from each other at the same time, each
 * finds before the change that there is another one, so that it is checked again after the change, which is undone then.
 *
 * @throws DomainError CONFLICT if no admin would be left
 */
export async function changePerson(
  person: Person,
  change: PersonChange,
  people: ChangingPeople,
): Promise<Person> {
  const takes = takesAdminAway(person, change);
  if (takes && !(await people.hasOtherAdmin(person))) throw lastAdmin();
  await apply(person, change, people);
  if (takes && !(await people.hasOtherAdmin(person))) {
    await apply(person, { role: 'admin', isEnabled: true }, people);
    throw lastAdmin();
  }
  return people.reread(person);
}

/** The number before the role, by which a patient has one from the first token on. */
async function apply(
  person: Person,
  { role, patientId, isEnabled }: PersonChange,
  people: ChangingPeople,
): Promise<void> {
  if (patientId !== undefined) await people.setPatientId(person, patientId);
  if (role !== undefined) await people.setRole(person, role);
  if (isEnabled !== undefined) await people.setEnabled(person, isEnabled);
}
