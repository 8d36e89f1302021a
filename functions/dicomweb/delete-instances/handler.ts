import { requireMayDelete, requireMayErase, requireVisible } from '../../../lib/domain/access/access.ts';
import { deletionBy } from '../../../lib/domain/deletion.ts';
import { levelOf, newDicomDeletion, resourceAt } from '../../../lib/domain/dicom/dicom-deletion.ts';
import { dicomDeletions, dicomStore, exports, limits, newId, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { dicomStore: 'getAt'; dicomDeletions: 'get' | 'delete' | 'erase'; exports: 'endAllOf' },
  'limits' | 'newId' | 'now'
>;

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { dicomStore, dicomDeletions, exports, limits, newId, now } = deps;
  const deleted = query.erase ? await dicomDeletions.get(params, now()) : undefined;
  const { study } = deleted ?? (await dicomStore.getAt(params));
  requireVisible(caller, resourceAt(params, study), levelOf(params));
  requireMayDelete(caller);
  if (query.erase) requireMayErase(caller);
  if (!deleted) {
    const deletion = newDicomDeletion(params, deletionBy(caller, now(), limits), newId());
    await dicomDeletions.delete(deletion);
  }
  const ended = query.erase && (deleted ?? (await dicomDeletions.get(params, now())));
  if (ended) await dicomDeletions.erase(ended.deletion);
  await exports.endAllOf({ patientId: study?.patientId ?? undefined });
}

export const handler = serve(operation, handle, {
  dicomStore,
  dicomDeletions,
  exports,
  limits,
  newId,
  now,
});
