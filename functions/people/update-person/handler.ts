import { toListedPerson } from '../../../lib/api/views/listed-person.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { requireNumberOfPatient, requireOther } from '../../../lib/domain/people/person-change.ts';
import { people } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type ChangingPeople, changePerson } from '../../../lib/services/people/change-person.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ people: 'get' | keyof ChangingPeople }>;

export async function handle({ caller, params, body }: Request<typeof operation>, { people }: Deps) {
  const person = await people.get(params.subject);
  if (!person) throw new DomainError('NOT_FOUND', 'There is no such person.');
  recordAccess(caller, 'person', { ...person, id: person.subject });
  requireOther(caller, person);
  const { role, patient_id: patientId, enabled: isEnabled } = body;
  if (role !== undefined || patientId !== undefined)
    requireNumberOfPatient(role ?? person.role, patientId, patientId ?? person.patientId);
  return toListedPerson(await changePerson(person, { role, patientId, isEnabled }, people));
}

export const handler = serve(operation, handle, { people });
