import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireMayAssign } from '../../../lib/domain/dicom/study-assignment.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { dicomStore, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomStore: 'getStudy' | 'assign' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, { dicomStore, now }: Deps) {
  const found = await dicomStore.getStudy(params.study);
  const study = requireVisible(caller, found && { ...found, id: found.studyUid }, 'study');
  const { patientId } = body;
  requireMayAssign(caller, study, patientId);
  const at = now().toISOString();
  const { studyUid: studyInstanceUID, patientId: previousPatientId } = study;
  const isAssigned =
    patientId === previousPatientId ||
    (await dicomStore.assign(study, patientId, { by: caller.subject, at, from: previousPatientId }));
  if (!isAssigned) throw new DomainError('CONFLICT', 'The study was given to somebody else meanwhile.');
  return { studyInstanceUID, patientId, previousPatientId, assignedAt: at };
}

export const handler = serveCreation(operation, handle, { dicomStore, now });
