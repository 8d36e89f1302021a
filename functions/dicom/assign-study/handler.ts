import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireMayAssign } from '../../../lib/domain/dicom/study-assignment.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { patientFromStudy } from '../../../lib/domain/patients/patient-from-dicom.ts';
import { dicomStudies, exports, now, patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomStudies: 'getStudy' | 'assign'; patients: 'change'; exports: 'endAllOf' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { dicomStudies, patients, exports, now } = deps;
  const found = await dicomStudies.getStudy(params.study);
  const study = requireVisible(caller, found && { ...found, id: found.studyUid }, 'study');
  const { patientId, reason } = body;
  requireMayAssign(caller, study, body);
  const at = now().toISOString();
  const { studyUid: studyInstanceUID, patientId: previousPatientId } = study;
  const assignment = { by: caller.subject, at, from: previousPatientId, reason };
  const isAssigned =
    patientId === previousPatientId || (await dicomStudies.assign(study, patientId, assignment));
  if (!isAssigned) throw new DomainError('CONFLICT', 'The study was given to somebody else meanwhile.');
  if (previousPatientId !== null) await exports.endAllOf({ patientId: previousPatientId });
  if (patientId !== null)
    await patients.change(patientId, (known) =>
      known ? undefined : patientFromStudy(study, patientId, now()),
    );
  return { studyInstanceUID, patientId, previousPatientId, assignedAt: at };
}

export const handler = serveCreation(operation, handle, { dicomStudies, patients, exports, now });
