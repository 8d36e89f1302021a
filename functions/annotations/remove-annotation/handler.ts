import {
  removedAnnotation,
  requireMayChange,
  requireNewestVersion,
} from '../../../lib/domain/annotations/annotation-rules.ts';
import { annotations, batches, dicomStore, images, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { annotationAt, type PlaceDeps } from '../../../lib/services/annotations/annotated-places.ts';
import { operation } from './operation.ts';

type Deps = PlaceDeps & Needs<{ annotations: 'get' | 'remove' }, 'now'>;

export async function handle({ caller, params }: Request<typeof operation>, deps: Deps) {
  const { annotations, now } = deps;
  const known = await annotationAt(caller, params, deps);
  requireMayChange(caller, known);
  if (await annotations.remove(removedAnnotation(known, caller, now()))) return;
  // It was changed or removed since it was read.
  requireNewestVersion(await annotationAt(caller, params, deps), known.version);
}

export const handler = serve(operation, handle, { annotations, batches, dicomStore, images, now });
