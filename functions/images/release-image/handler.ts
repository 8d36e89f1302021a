import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { images, legalHolds } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; legalHolds: 'set' }>;

/** Releasing an image that is under no legal hold changes nothing, so that a client may send the request again. */
export async function handle({ caller, params }: Request<typeof operation>, { images, legalHolds }: Deps) {
  const image = requireReady(requireVisible(caller, await images.get(params.id), 'image'));
  await legalHolds.set(image, null);
}

export const handler = serve(operation, handle, { images, legalHolds });
