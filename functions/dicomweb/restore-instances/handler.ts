import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { levelOf, resourceAt } from '../../../lib/domain/dicom/dicom-deletion.ts';
import { dicomDeletions, dicomStore, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomStore: 'getAt'; dicomDeletions: 'get' | 'restore' }, 'now'>;

/** Restoring what is not deleted changes nothing, so that a client may send the request again. */
export async function handle({ caller, params }: Request<typeof operation>, deps: Deps) {
  const { dicomStore, dicomDeletions, now } = deps;
  const deleted = await dicomDeletions.get(params, now());
  const { study } = deleted ?? (await dicomStore.getAt(params));
  requireVisible(caller, resourceAt(params, study), levelOf(params));
  requireMayDelete(caller);
  if (deleted) await dicomDeletions.restore(deleted.deletion, now());
}

export const handler = serve(operation, handle, { dicomStore, dicomDeletions, now });
