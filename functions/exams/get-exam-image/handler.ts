import { toImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { DicomStore } from '../../../lib/data/dicom-store.ts';
import { ExamImages } from '../../../lib/data/exam-images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisibleExamImage } from '../../../lib/domain/exams/exam-image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'get'>;
  store: Pick<DicomStore, 'patientsOfStudies'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { images, store }: Deps) {
  const image = await images.get(params.imageId);
  return toImageMedicale(await requireVisibleExamImage(caller, image, store.patientsOfStudies()));
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { images: new ExamImages(table), store: new DicomStore(table) };
});
