import { DicomStore } from '../../../lib/data/dicom.ts';
import { ExamImages } from '../../../lib/data/exam-images.ts';
import { examImageId } from '../../../lib/data/keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import {
  maySeeExams,
  newExamImage,
  patientOfExamImage,
  requireExam,
  tied,
  toImageMedicale,
} from '../../../lib/domain/exam-image.ts';
import { note } from '../../../lib/domain/trail.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveCreation } from '../../../lib/http/serve-creation.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'register' | 'tie'>;
  store: Pick<DicomStore, 'getInstance' | 'patientsOfStudies'>;
  now: () => Date;
}

export async function handle({ caller, body }: Request<typeof operation>, { images, store, now }: Deps) {
  requireExam(maySeeExams(caller));
  note(caller, 'exam', { id: body.examenID });
  const id = examImageId(body.examenID, body.sopInstanceUID);
  const known = await store.getInstance(body.sopInstanceUID);
  const image = tied(newExamImage(body, id, caller, now()), known);
  const patientId = await patientOfExamImage(image, store.patientsOfStudies());
  note(caller, 'exam image', { id, patientId });
  await images.register(image);
  // Who stored it since may have looked for pictures before there was ours.
  const since = known ?? (await store.getInstance(body.sopInstanceUID));
  if (since && !known) await images.tie(since);
  return toImageMedicale(tied(image, since));
}

export const handler = serveCreation(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { images: new ExamImages(table), store: new DicomStore(table), now: () => new Date() };
});
