import { ExamImages } from '../../../lib/data/exam-images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { toImageMedicale, visibleOfExam } from '../../../lib/domain/exam-image.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'listInExam'>;
}

export async function handle({ caller, params, query }: Request<typeof operation>, { images }: Deps) {
  const { items, next } = await images.listInExam(params.id, query);
  // An exam is what its pictures say: without any there is none. A later part may well be empty.
  const exists = items.length > 0 || next !== null || query.cursor !== undefined;
  visibleOfExam(caller, exists || undefined, 'exam');
  return { images: items.map(toImageMedicale), next };
}

export const handler = serve(operation, handle, () => ({
  images: new ExamImages(connectTable(environment.tableName)),
}));
