import { toAnnotation } from '../../../lib/api/views/annotation.ts';
import { annotationList, batches, dicomStore, images } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  type PlaceDeps,
  placeAt,
  withoutDeleted,
} from '../../../lib/services/annotations/annotated-places.ts';
import { operation } from './operation.ts';

type Deps = PlaceDeps & Needs<{ annotationList: 'list' }>;

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { place, of } = await placeAt(caller, params, deps);
  const { items, next } = await deps.annotationList.list(of, query);
  const shown = place === 'study' ? await withoutDeleted(of, items, deps) : items;
  return { annotations: shown.map(toAnnotation), next };
}

export const handler = serve(operation, handle, { annotationList, batches, dicomStore, images });
