import { toAnnotation } from '../../../lib/api/views/annotation.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { annotations, batches, dicomStore, images } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  annotatedInstance,
  type PlaceDeps,
  placeAt,
  requireAnnotation,
} from '../../../lib/services/annotations/annotated-places.ts';
import { operation } from './operation.ts';

type Deps = PlaceDeps & Needs<{ annotations: 'versions' }>;

/** Only the clinic sees them: a note that was removed may have been on the image of the wrong patient. */
export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const place = await placeAt(caller, params, deps);
  const { items, next } = await deps.annotations.versions(place.of, params.annotation, query);
  const newest = requireAnnotation(items[0]);
  await annotatedInstance(caller, place, newest, deps);
  recordAccess(caller, 'annotation', newest);
  return { versions: items.map(toAnnotation), next };
}

export const handler = serve(operation, handle, { annotations, batches, dicomStore, images });
