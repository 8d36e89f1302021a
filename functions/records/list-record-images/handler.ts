import { toRecordImage } from '../../../lib/api/views/record-image.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import {
  imageNotFound,
  isPicture,
  storedRecordId,
  visibleOfRecord,
} from '../../../lib/domain/records/record-image.ts';
import { images, keys, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { signLink } from '../../../lib/services/images/image-link.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ keys: 'get'; images: 'listOfPatient' | 'listOfRecord' }, 'now'>;

export async function handle(
  { caller, params: { type, ...params }, query, origin }: Request<typeof operation>,
  { images, now }: Deps,
) {
  const id = storedRecordId(type, params.id);
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

export const handler = serve(operation, handle, { keys, images, now });
