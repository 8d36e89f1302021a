import { ExamImages } from '../../../lib/data/exam-images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { toImageMedicale, visibleExamImage } from '../../../lib/domain/exam-image.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'get'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { images }: Deps) {
  return toImageMedicale(visibleExamImage(caller, await images.get(params.imageId)));
}

export const handler = serve(operation, handle, () => ({
  images: new ExamImages(connectTable(environment.tableName)),
}));
