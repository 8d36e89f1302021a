import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { exports, images, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get' | 'delete'; exports: 'endAllOf' }, 'now'>;

/** The part of a request that both endpoints that delete images have: this one and the one of the cases. */
type DeletionRequest = Pick<Request<typeof operation>, 'caller' | 'params'>;

export async function handle({ caller, params }: DeletionRequest, { images, exports, now }: Deps) {
  const image = requireVisible(caller, await images.get(params.id), 'image');
  requireMayDelete(caller);
  await images.delete(image, now());
  // The stream's consumer also does this, but later; after the response, no archive may contain the deleted image.
  if (image.batchId) await exports.endAllOf(image.batchId);
}

/** The dependencies of both endpoints. */
export const needs = { images, exports, now };

export const handler = serve(operation, handle, needs);
