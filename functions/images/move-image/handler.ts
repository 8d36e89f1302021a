import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordAccess, recordReason } from '../../../lib/domain/audit/audit-context.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { requirePlaceOf } from '../../../lib/domain/images/image-place.ts';
import { batches, cases, exports, imageMoves, images, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { images: 'get'; batches: 'get'; cases: 'get'; imageMoves: 'moveImage'; exports: 'endAllOf' },
  'now'
>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { images, batches, cases, imageMoves, exports, now } = deps;
  const image = requireReady(requireVisible(caller, await images.get(params.id), 'image'));
  const { patient_id: patientId, batch: batchId, case: caseId, reason } = body;
  recordAccess(caller, 'patient', { patientId });
  recordReason(caller, reason);
  if (batchId) requirePlaceOf(patientId, requireVisible(caller, await batches.get(batchId), 'batch'));
  if (caseId) requirePlaceOf(patientId, requireVisible(caller, await cases.get(caseId, now()), 'case'));
  const at = now().toISOString();
  await imageMoves.moveImage(image, { patientId, batchId, caseId }, { by: caller.subject, at, reason });
  // The stream's consumer also does this, but later; after the response, no archive may contain the image.
  if (image.batchId) await exports.endAllOf(image.batchId);
  return {
    id: image.id,
    patient_id: patientId,
    previous_patient_id: image.patientId ?? null,
    batch: batchId ?? null,
    previous_batch: image.batchId ?? null,
    case: caseId ?? null,
    previous_case: image.caseId ?? null,
    moved_at: at,
  };
}

export const handler = serveCreation(operation, handle, {
  images,
  batches,
  cases,
  imageMoves,
  exports,
  now,
});
