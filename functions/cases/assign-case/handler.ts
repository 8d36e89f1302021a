import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordAccess, recordReason } from '../../../lib/domain/audit/audit-context.ts';
import { requireReason } from '../../../lib/domain/cases/case.ts';
import { cases, imageMoves, images, imageUpdates, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { assignNumber, moveCase } from '../../../lib/services/cases/assign-case.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  {
    cases: 'get' | 'assign' | 'move' | 'markSettled';
    images: 'allInCase';
    imageUpdates: 'leaveCase';
    imageMoves: 'moveAllInCase';
  },
  'now'
>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const known = requireVisible(caller, await deps.cases.get(params.caseId, deps.now()), 'case');
  const { id, patientId: previousPatientId, usedByPatientOnly } = known;
  const { patientId, reason } = body;
  requireReason(known, reason);
  recordAccess(caller, 'case', { patientId });
  recordReason(caller, reason);
  const assignedAt = deps.now().toISOString();
  const assignment = { by: caller.subject, at: assignedAt, from: previousPatientId, reason };
  let imagesLeft = 0;
  if (usedByPatientOnly) imagesLeft = await assignNumber(caller, known, patientId, assignment, deps);
  else await moveCase(known, patientId, assignment, deps);
  return { id, patientId, previousPatientId, assignedAt, imagesLeft };
}

export const handler = serveCreation(operation, handle, { cases, images, imageUpdates, imageMoves, now });
