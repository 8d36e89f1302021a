import { toImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { requireVisibleExamImage } from '../../../lib/domain/exams/exam-image.ts';
import { dicomStore, examImages } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ examImages: 'get'; dicomStore: 'patientsOfInstances' }>;

export async function handle(
  { caller, params }: Request<typeof operation>,
  { examImages, dicomStore }: Deps,
) {
  const image = await examImages.get(params.imageId);
  return toImageMedicale(await requireVisibleExamImage(caller, image, dicomStore.patientsOfInstances()));
}

export const handler = serve(operation, handle, { examImages, dicomStore });
