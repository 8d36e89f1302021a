import { toAnnotation } from '../../../lib/api/views/annotation.ts';
import {
  newAnnotation,
  requireContent,
  requirePosition,
} from '../../../lib/domain/annotations/annotation-rules.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { annotations, batches, dicomStore, images, newId, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  annotatedInstance,
  type PlaceDeps,
  placeAt,
  requireAnnotation,
} from '../../../lib/services/annotations/annotated-places.ts';
import { operation } from './operation.ts';

type Deps = PlaceDeps & Needs<{ annotations: 'create' }, 'newId' | 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { annotations, newId, now } = deps;
  const place = await placeAt(caller, params, deps);
  const instance = await annotatedInstance(caller, place, body, deps);
  requirePosition(place, body, instance?.frames);
  const annotation = newAnnotation(place, body, body, caller, newId(), now());
  requireContent(annotation, body);
  recordAccess(caller, 'annotation', annotation);
  return toAnnotation(requireAnnotation(await annotations.create(annotation)));
}

export const handler = serveCreation(operation, handle, {
  annotations,
  batches,
  dicomStore,
  images,
  newId,
  now,
});
