import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { batches, keys } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'listOfPatient' }>;

export async function handle({ caller, query }: Request<typeof operation>, { batches }: Deps) {
  requirePatient(caller, query.patient_id);
  const { items, next } = await batches.listOfPatient(query.patient_id, query);
  return { batches: items.map(toPatientBatch), next };
}

export const handler = serve(operation, handle, { keys, batches });
