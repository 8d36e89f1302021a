import { requireVisible } from '../../../lib/domain/access/access.ts';
import { batches, exporting, images, keys } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  manifestOf,
  type StartDeps,
  selectImages,
  startExport,
} from '../../../lib/services/exports/start-export.ts';
import { operation } from './operation.ts';

type Deps = StartDeps & Needs<{ batches: 'get'; images: 'allInBatch' | 'getMany' }>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const batch = requireVisible(caller, await deps.batches.get(params.id), 'batch');
  const images = await selectImages(deps.images, batch, body.image_ids);
  const asker = { patientId: batch.patientId, requestedBy: caller.subject };
  return startExport(asker, manifestOf(batch, images, body.as_edited), deps);
}

export const handler = serveCreation(operation, handle, { keys, batches, images, ...exporting });
