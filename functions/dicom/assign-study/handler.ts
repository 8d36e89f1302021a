import { DicomStore } from '../../../lib/data/dicom-store.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireMayAssign } from '../../../lib/domain/dicom/study-assignment.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { operation } from './operation.ts';

interface Deps {
  store: Pick<DicomStore, 'getStudy' | 'assign'>;
  now: () => Date;
}

export async function handle({ caller, params, body }: Request<typeof operation>, { store, now }: Deps) {
  const found = await store.getStudy(params.study);
  const study = requireVisible(caller, found && { ...found, id: found.studyUid }, 'study');
  const { patientId } = body;
  requireMayAssign(caller, study, patientId);
  const at = now().toISOString();
  const { studyUid: studyInstanceUID, patientId: previousPatientId } = study;
  const isAssigned =
    patientId === previousPatientId ||
    (await store.assign(study, patientId, { by: caller.subject, at, from: previousPatientId }));
  if (!isAssigned) throw new DomainError('CONFLICT', 'The study was given to somebody else meanwhile.');
  return { studyInstanceUID, patientId, previousPatientId, assignedAt: at };
}

export const handler = serveCreation(operation, handle, () => ({
  store: new DicomStore(connectTable(environment.tableName)),
  now: () => new Date(),
}));
