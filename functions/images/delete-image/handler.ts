import { requireMayDelete, requireMayErase, requireVisible } from '../../../lib/domain/access/access.ts';
import { deletionBy } from '../../../lib/domain/deletion.ts';
import {
  deletedImages,
  exports,
  imageRemovals,
  images,
  limits,
  now,
} from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  {
    images: 'get';
    imageRemovals: 'delete' | 'erase';
    deletedImages: 'get' | 'erase';
    exports: 'endAllOf';
  },
  'limits' | 'now'
>;

/** The part of a request that both endpoints that delete images have: this one and the one of the cases. */
type DeletionRequest = Pick<Request<typeof operation>, 'caller' | 'params' | 'query'>;

export async function handle({ caller, params, query }: DeletionRequest, deps: Deps) {
  const { images, imageRemovals, deletedImages, exports, limits, now } = deps;
  const deleted = query.erase ? await deletedImages.get(params.id, now()) : undefined;
  const image = requireVisible(caller, deleted ?? (await images.get(params.id)), 'image');
  requireMayDelete(caller);
  if (query.erase) requireMayErase(caller);
  if (deleted) await deletedImages.erase(deleted);
  else if (query.erase) await imageRemovals.erase(image);
  else await imageRemovals.delete(image, deletionBy(caller, now(), limits));
  // The stream's consumer also does this, but later; after the response, no archive may contain the deleted image.
  await exports.endAllOf(image);
}

/** The dependencies of both endpoints. */
export const needs = { images, imageRemovals, deletedImages, exports, limits, now };

export const handler = serve(operation, handle, needs);
