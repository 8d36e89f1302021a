import { toMovedImage } from '../../../lib/api/views/moved.ts';
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
  const to = { patientId, batchId, caseId };
  await imageMoves.moveImage(image, to, { by: caller.subject, at, reason });
  // The stream's consumer also does this, but later; after the response, no archive may contain the image.
  await exports.endAllOf(image);
  return toMovedImage(image, to, at);
}

const needs = { images, batches, cases, imageMoves, exports, now };

export const handler = serveCreation(operation, handle, needs);
