import { toImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { DicomStore } from '../../../lib/data/dicom-store.ts';
import { ExamImages } from '../../../lib/data/exam-images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import {
  type ExamImage,
  maySeeExamImage,
  maySeeExams,
  patientOfExamImage,
  requireExam,
} from '../../../lib/domain/exams/exam-image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'listInExam'>;
  store: Pick<DicomStore, 'patientsOfStudies'>;
}

export async function handle({ caller, params, query }: Request<typeof operation>, { images, store }: Deps) {
  const patientOfStudy = store.patientsOfStudies();
  const patientOf = (image: ExamImage) => patientOfExamImage(image, patientOfStudy);
  const keep = maySeeExams(caller)
    ? undefined
    : async (image: ExamImage) => maySeeExamImage(caller, await patientOf(image));
  const { items, next } = await images.listInExam(params.id, query, keep);
  // An exam is what its pictures say: without any there is none. A later part may well be empty.
  requireExam(items.length > 0 || (next !== null && !keep) || query.cursor !== undefined);
  for (const image of items)
    recordAccess(caller, 'exam image', { id: image.id, patientId: await patientOf(image) });
  return { images: items.map(toImageMedicale), next };
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { images: new ExamImages(table), store: new DicomStore(table) };
});
