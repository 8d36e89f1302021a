import { toListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { searchTerm } from '../../../lib/domain/patients/patient.ts';
import { patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ patients: 'listAll' | 'search' }>;

export async function handle({ caller, query }: Request<typeof operation>, { patients }: Deps) {
  const prefix = searchTerm(query.q);
  const { items, next } = await (prefix === '' ? patients.listAll(query) : patients.search(prefix, query));
  recordAccess(caller, 'search', { id: `patients q=${query.q}` });
  for (const patient of items) recordAccess(caller, 'patient', patient);
  return { patients: items.map(toListedPatient), next };
}

export const handler = serve(operation, handle, { patients });
