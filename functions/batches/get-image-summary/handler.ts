import { requirePatient } from '../../../lib/domain/access/access.ts';
import { batches, keys } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'summaryOfPatient' }>;

export async function handle({ caller, params }: Request<typeof operation>, { batches }: Deps) {
  requirePatient(caller, params.id);
  return batches.summaryOfPatient(params.id);
}

export const handler = serve(operation, handle, { keys, batches });
