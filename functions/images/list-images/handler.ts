import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { requirePatient, requireVisible } from '../../../lib/domain/access/access.ts';
import { requireCategory } from '../../../lib/domain/images/category.ts';
import { matchesFilter } from '../../../lib/domain/images/image-filter.ts';
import { batches, categories, images, now, urls } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { batches: 'get'; images: 'listInBatch' | 'listOfPatient'; urls: 'download' },
  'categories' | 'now'
>;

export async function handle(
  { caller, query }: Request<typeof operation>,
  { batches, images, urls, categories, now }: Deps,
) {
  requireCategory(query.category, categories);
  const { batch_id: batchId, patient_id: patientId = '', category, date_from, date_to, q, edited } = query;
  const filter = {
    category,
    dateFrom: date_from,
    dateTo: date_to,
    text: q,
    isEdited: edited && (true as const),
  };
  const keep = Object.values(filter).some((value) => value !== undefined) ? matchesFilter(filter) : undefined;
  // Checked before the list is read; otherwise the response time would reveal that another user's batch exists.
  if (batchId === undefined) requirePatient(caller, patientId);
  else requireVisible(caller, await batches.get(batchId), 'batch');
  const page =
    batchId === undefined
      ? await images.listOfPatient(patientId, query, keep)
      : await images.listInBatch(batchId, query, keep);
  const views = page.items.map(async (image) => toBatchImage(image, await thumbnailOf(image, urls, now())));
  return { images: await Promise.all(views), next: page.next };
}

export const handler = serve(operation, handle, { batches, images, urls, categories, now });
