import { toBatchImage } from '../../../lib/api/views/batch-image.ts';
import { Batches } from '../../../lib/data/batches.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient, requireVisible } from '../../../lib/domain/access/access.ts';
import { matchesFilter } from '../../../lib/domain/images/image-filter.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get'>;
  images: Pick<Images, 'listInBatch' | 'listOfPatient'>;
  urls: Pick<SignedUrls, 'download'>;
  now: () => Date;
}

export async function handle(
  { caller, query }: Request<typeof operation>,
  { batches, images, urls, now }: Deps,
) {
  const { batch_id: batchId, patient_id: patientId = '', category, date_from, date_to, q } = query;
  const filter = { category, dateFrom: date_from, dateTo: date_to, text: q };
  const keep = Object.values(filter).some((value) => value !== undefined) ? matchesFilter(filter) : undefined;
  // Before the list is read, or the time that this takes would tell of another's batch.
  if (batchId === undefined) requirePatient(caller, patientId);
  else requireVisible(caller, await batches.get(batchId), 'batch');
  const page =
    batchId === undefined
      ? await images.listOfPatient(patientId, query, keep)
      : await images.listInBatch(batchId, query, keep);
  const views = page.items.map(async (image) => toBatchImage(image, await thumbnailOf(image, urls, now())));
  return { images: await Promise.all(views), next: page.next };
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    batches: new Batches(table),
    images: new Images(table),
    urls: new SignedUrls(environment.bucketName),
    now: () => new Date(),
  };
});
