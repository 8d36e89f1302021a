import { toDeletedDicom } from '../../../lib/api/views/deleted-dicom.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { dicomDeletions, dicomSearch, dicomStore, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomDeletions: 'list'; dicomSearch: 'uidsOf'; dicomStore: 'getStudies' }, 'now'>;

export async function handle({ caller, query }: Request<typeof operation>, deps: Deps) {
  const { dicomDeletions, dicomSearch, dicomStore, now } = deps;
  const owner = query.unassigned ? null : query.patient_id;
  // A deletion says nothing of the patient, because its study may be moved to another one.
  const among = owner === undefined ? undefined : await dicomSearch.uidsOf(owner);
  const { items, next } = await dicomDeletions.list(now(), query, among);
  const studies = await dicomStore.getStudies(items.map(({ studyUid }) => studyUid));
  const deleted = items.flatMap((deletion) => {
    const study = studies.find(({ studyUid }) => studyUid === deletion.studyUid);
    // The index of studies may be outdated.
    return study && (owner === undefined || study.patientId === owner)
      ? [toDeletedDicom(deletion, study)]
      : [];
  });
  for (const { patient_id: patientId } of deleted) recordAccess(caller, 'study', { patientId });
  return { deleted, next };
}

export const handler = serve(operation, handle, { dicomDeletions, dicomSearch, dicomStore, now });
