import { toListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { requirePatient, requireVisible } from '../../../lib/domain/access/access.ts';
import { patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ patients: 'get' }>;

export async function handle({ caller, params }: Request<typeof operation>, { patients }: Deps) {
  // Before the read: otherwise the response time would reveal that another patient is in the directory.
  requirePatient(caller, params.id);
  return toListedPatient(requireVisible(caller, await patients.get(params.id), 'patient'));
}

export const handler = serve(operation, handle, { patients });
