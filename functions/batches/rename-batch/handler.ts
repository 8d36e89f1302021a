import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { batches, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'get' | 'rename' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, { batches, now }: Deps) {
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  return toPatientBatch(requireVisible(caller, await batches.rename(batch.id, body.name, now()), 'batch'));
}

export const handler = serve(operation, handle, { batches, now });
