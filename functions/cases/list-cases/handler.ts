import { toPatientCase } from '../../../lib/api/views/patient-case.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { cases } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ cases: 'listOfPatient' }>;

export async function handle({ caller, query }: Request<typeof operation>, { cases }: Deps) {
  requirePatient(caller, query.patientId);
  const { items, next } = await cases.listOfPatient(query.patientId, query);
  return { cases: items.map(toPatientCase), next };
}

export const handler = serve(operation, handle, { cases });
