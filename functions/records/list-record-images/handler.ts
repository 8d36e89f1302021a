import { toRecordImage } from '../../../lib/api/views/record-image.ts';
import { ApiKeys } from '../../../lib/data/api-keys.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { imageNotFound, isPicture, visibleOfRecord } from '../../../lib/domain/records/record-image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { signLink } from '../../../lib/services/images/image-link.ts';
import { operation } from './operation.ts';

interface Deps {
  keys: Pick<ApiKeys, 'get'>;
  images: Pick<Images, 'listOfPatient' | 'listOfRecord'>;
  now: () => Date;
}

export async function handle(
  { caller, params: { type, id }, query, origin }: Request<typeof operation>,
  { images, now }: Deps,
) {
  const only = visibleOfRecord(caller, type, id);
  const page = await (type === 'patient'
    ? images.listOfPatient(id, query, isPicture)
    : images.listOfRecord([type, id], only, query));
  const pictures = page.items.filter(isPicture);
  for (const picture of pictures) recordAccess(caller, 'image', picture);
  if (pictures.length === 0 && page.next === null && query.cursor === undefined) throw imageNotFound();
  return {
    images: pictures.map((image) => ({ ...toRecordImage(image, signLink(image, origin, now())), type })),
    next: page.next,
  };
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { keys: new ApiKeys(table), images: new Images(table), now: () => new Date() };
});
