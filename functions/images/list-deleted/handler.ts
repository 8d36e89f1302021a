import { toDeletedBatch, toDeletedImage } from '../../../lib/api/views/deleted.ts';
import { requireMayDelete, requirePatient } from '../../../lib/domain/access/access.ts';
import { batches, deletedImages, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'listDeletedOf'; deletedImages: 'listOfPatient' }, 'now'>;

export async function handle(
  { caller, params: { id: patientId }, query }: Request<typeof operation>,
  { batches, deletedImages, now }: Deps,
) {
  requirePatient(caller, patientId);
  requireMayDelete(caller);
  const [deletedBatches, page] = await Promise.all([
    batches.listDeletedOf(patientId, now()),
    deletedImages.listOfPatient(patientId, now(), query),
  ]);
  return {
    batches: deletedBatches.map(toDeletedBatch),
    images: page.items.map(toDeletedImage),
    next: page.next,
  };
}

export const handler = serve(operation, handle, { batches, deletedImages, now });
