import { toListedPerson } from '../../../lib/api/views/listed-person.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { requireNumberOfPatient } from '../../../lib/domain/people/person-change.ts';
import { newId, people } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ people: 'add' }, 'newId'>;

export async function handle({ caller, body }: Request<typeof operation>, { people, newId }: Deps) {
  const { email, name, role, patient_id: patientId } = body;
  requireNumberOfPatient(role, patientId);
  // Not the address: Cognito takes none as a user name where it is an alias, and it may change.
  const person = await people.add({ username: newId(), email, name, role, patientId });
  recordAccess(caller, 'person', { ...person, id: person.subject });
  return toListedPerson(person);
}

export const handler = serveCreation(operation, handle, { people, newId });
