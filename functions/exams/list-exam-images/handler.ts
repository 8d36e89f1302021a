import { toImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import {
  type ExamImage,
  maySeeExamImage,
  maySeeExams,
  patientOfExamImage,
  requireExam,
} from '../../../lib/domain/exams/exam-image.ts';
import { dicomStore, examImages } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ examImages: 'listInExam'; dicomStore: 'patientsOfInstances' }>;

export async function handle(
  { caller, params, query }: Request<typeof operation>,
  { examImages, dicomStore }: Deps,
) {
  const patientOfInstance = dicomStore.patientsOfInstances();
  const patientOf = (image: ExamImage) => patientOfExamImage(image, patientOfInstance);
  const keep = async (image: ExamImage) => maySeeExamImage(caller, await patientOf(image));
  const { items, next } = await examImages.listInExam(params.id, query, keep);
  // An exam exists only through its images: an empty first page means that there is no exam. Later pages may be empty.
  requireExam(items.length > 0 || (next !== null && maySeeExams(caller)) || query.cursor !== undefined);
  for (const image of items)
    recordAccess(caller, 'exam image', { id: image.id, patientId: await patientOf(image) });
  return { images: items.map(toImageMedicale), next };
}

export const handler = serve(operation, handle, { examImages, dicomStore });
