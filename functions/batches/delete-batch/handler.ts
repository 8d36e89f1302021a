import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { batches, images } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'get' | 'delete'; images: 'deleteAllIn' }>;

export async function handle({ caller, params }: Request<typeof operation>, { batches, images }: Deps) {
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  requireMayDelete(caller);
  await batches.delete(batch.id);
  await images.deleteAllIn(batch.id);
}

export const handler = serve(operation, handle, { batches, images });
