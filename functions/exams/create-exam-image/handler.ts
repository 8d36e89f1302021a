import { newExamImage, toImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { examImageId } from '../../../lib/data/keys.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import {
  linkedToInstance,
  maySeeExams,
  patientOfExamImage,
  requireExam,
} from '../../../lib/domain/exams/exam-image.ts';
import { dicomStore, examImages, examLinks, newId, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  { examImages: 'register'; examLinks: 'linkInstance'; dicomStore: 'getStored' | 'patientsOfInstances' },
  'newId' | 'now'
>;

export async function handle(
  { caller, body }: Request<typeof operation>,
  { examImages, examLinks, dicomStore, newId, now }: Deps,
) {
  requireExam(maySeeExams(caller));
  recordAccess(caller, 'exam', { id: body.examenID });
  const id = examImageId(body.examenID, body.sopInstanceUID);
  const known = await dicomStore.getStored(body.sopInstanceUID);
  const image = linkedToInstance(newExamImage(body, { id, registration: newId() }, caller, now()), known);
  const patientId = await patientOfExamImage(image, dicomStore.patientsOfInstances());
  recordAccess(caller, 'exam image', { id, patientId });
  await examImages.register(image);
  // A request that stored the study meanwhile may have searched for images before this one existed.
  const since = known ?? (await dicomStore.getStored(body.sopInstanceUID));
  if (since && !known) await examLinks.linkInstance(since);
  return toImageMedicale(linkedToInstance(image, since));
}

export const handler = serveCreation(operation, handle, { examImages, examLinks, dicomStore, newId, now });
