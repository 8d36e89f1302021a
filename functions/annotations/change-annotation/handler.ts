import { toAnnotation } from '../../../lib/api/views/annotation.ts';
import {
  changedAnnotation,
  requireContent,
  requireMayChange,
  requireNewestVersion,
} from '../../../lib/domain/annotations/annotation-rules.ts';
import { annotations, batches, dicomStore, images, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { annotationAt, type PlaceDeps } from '../../../lib/services/annotations/annotated-places.ts';
import { operation } from './operation.ts';

type Deps = PlaceDeps & Needs<{ annotations: 'get' | 'change' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { annotations, now } = deps;
  const known = await annotationAt(caller, params, deps);
  requireMayChange(caller, known);
  requireNewestVersion(known, body.version);
  requireContent(known, body);
  const next = changedAnnotation(known, body, caller, now());
  // Of two people who change it at the same time, one is told that the other was faster, or that it is gone.
  if (!(await annotations.change(next)))
    requireNewestVersion(await annotationAt(caller, params, deps), body.version);
  return toAnnotation(next);
}

export const handler = serve(operation, handle, { annotations, batches, dicomStore, images, now });
