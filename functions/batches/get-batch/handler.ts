import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { batches, keys } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'get' }>;

export async function handle({ caller, params }: Request<typeof operation>, { batches }: Deps) {
  return toPatientBatch(requireVisible(caller, await batches.get(params.id), 'batch'));
}

export const handler = serve(operation, handle, { keys, batches });
