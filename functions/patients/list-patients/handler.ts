import { toListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { searchWords } from '../../../lib/domain/patients/patient.ts';
import { now, patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ patients: 'listAll' | 'search' }, 'now'>;

export async function handle({ caller, query }: Request<typeof operation>, { patients, now }: Deps) {
  const words = searchWords(query.q, now());
  const { items, next } = await (words.length === 0
    ? patients.listAll(query)
    : patients.search(words, query));
  recordAccess(caller, 'search', { id: `patients q=${query.q}` });
  for (const patient of items) recordAccess(caller, 'patient', patient);
  return { patients: items.map(toListedPatient), next };
}

export const handler = serve(operation, handle, { patients, now });
