import { DicomStore } from '../../../lib/data/dicom.ts';
import { ExamImages } from '../../../lib/data/exam-images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { toImageMedicale, visibleExamImage } from '../../../lib/domain/exam-image.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'get'>;
  store: Pick<DicomStore, 'patientsOfStudies'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { images, store }: Deps) {
  const image = await images.get(params.imageId);
  return toImageMedicale(await visibleExamImage(caller, image, store.patientsOfStudies()));
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { images: new ExamImages(table), store: new DicomStore(table) };
});
