import { newExamImage, toImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { DicomStore } from '../../../lib/data/dicom-store.ts';
import { ExamImages } from '../../../lib/data/exam-images.ts';
import { examImageId } from '../../../lib/data/keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import {
  linkedToInstance,
  maySeeExams,
  patientOfExamImage,
  requireExam,
} from '../../../lib/domain/exams/exam-image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'register' | 'linkInstance'>;
  store: Pick<DicomStore, 'getInstance' | 'patientsOfStudies'>;
  now: () => Date;
}

export async function handle({ caller, body }: Request<typeof operation>, { images, store, now }: Deps) {
  requireExam(maySeeExams(caller));
  recordAccess(caller, 'exam', { id: body.examenID });
  const id = examImageId(body.examenID, body.sopInstanceUID);
  const known = await store.getInstance(body.sopInstanceUID);
  const image = linkedToInstance(newExamImage(body, id, caller, now()), known);
  const patientId = await patientOfExamImage(image, store.patientsOfStudies());
  recordAccess(caller, 'exam image', { id, patientId });
  await images.register(image);
  // Who stored it since may have looked for pictures before there was ours.
  const since = known ?? (await store.getInstance(body.sopInstanceUID));
  if (since && !known) await images.linkInstance(since);
  return toImageMedicale(linkedToInstance(image, since));
}

export const handler = serveCreation(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { images: new ExamImages(table), store: new DicomStore(table), now: () => new Date() };
});
