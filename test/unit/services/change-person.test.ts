import { expect, test } from 'vitest';
import type { Person } from '../../../lib/domain/people/person.ts';
import type { PersonChange } from '../../../lib/domain/people/person-change.ts';
import { changePerson } from '../../../lib/services/people/change-person.ts';

const admin: Person = {
  ...{ subject: 'a', username: 'alex', name: 'Alex', role: 'admin', isEnabled: true, isInvited: false },
  ...{ createdAt: '2026-11-29T10:00:00.000Z', changedAt: '2026-11-29T10:00:00.000Z' },
};

/** A pool that answers each question about other admins in turn, and says what was done. */
function poolWith(...others: boolean[]) {
  const done: string[] = [];
  return {
    done,
    hasOtherAdmin: async () => others.shift() ?? true,
    setRole: async (_person: Person, role: string) => void done.push(`role ${role}`),
    setPatientId: async (_person: Person, id: string) => void done.push(`number ${id}`),
    setEnabled: async (_person: Person, isEnabled: boolean) => void done.push(`enabled ${isEnabled}`),
    reread: async (person: Person) => person,
  };
}

const LAST = { code: 'CONFLICT', message: expect.stringMatching(/^This is the last admin/) };

test.each<PersonChange>([{ role: 'staff' }, { isEnabled: false }, { role: 'admin', isEnabled: false }])(
  'Nothing is changed where %j would leave no admin',
  async (change) => {
    const pool = poolWith(false);
    await expect(changePerson(admin, change, pool)).rejects.toMatchObject(LAST);
    expect(pool.done).toEqual([]);
  },
);

test('A change is undone if the other admin has lost the rights meanwhile', async () => {
  const pool = poolWith(true, false);
  await expect(changePerson(admin, { role: 'staff' }, pool)).rejects.toMatchObject(LAST);
  expect(pool.done).toEqual(['role staff', 'role admin', 'enabled true']);
});

test.each<[Partial<Person>, PersonChange]>([
  [{}, { role: 'admin' }],
  [{}, { isEnabled: true }],
  [{ role: 'doctor' }, { isEnabled: false }],
  [{ isEnabled: false }, { role: 'staff' }],
])('Of %j, %j takes no admin away', async (own, change) => {
  const pool = poolWith(false, false);
  await changePerson({ ...admin, ...own }, change, pool);
  expect(pool.done).toHaveLength(1);
});

test('The number of a patient is set before the role', async () => {
  const pool = poolWith();
  await changePerson({ ...admin, role: 'staff' }, { role: 'patient', patientId: 'P-1' }, pool);
  expect(pool.done).toEqual(['number P-1', 'role patient']);
});
