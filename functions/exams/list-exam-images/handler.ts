import { ExamImages } from '../../../lib/data/exam-images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import {
  type ExamImage,
  maySeeExamImage,
  maySeeExams,
  requireExam,
  toImageMedicale,
} from '../../../lib/domain/exam-image.ts';
import { note } from '../../../lib/domain/trail.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'listInExam'>;
}

export async function handle({ caller, params, query }: Request<typeof operation>, { images }: Deps) {
  const keep = maySeeExams(caller) ? undefined : (image: ExamImage) => maySeeExamImage(caller, image);
  const { items, next } = await images.listInExam(params.id, query, keep);
  // An exam is what its pictures say: without any there is none. A later part may well be empty.
  requireExam(items.length > 0 || (next !== null && !keep) || query.cursor !== undefined);
  for (const image of items) note(caller, 'exam image', image);
  return { images: items.map(toImageMedicale), next };
}

export const handler = serve(operation, handle, () => ({
  images: new ExamImages(connectTable(environment.tableName)),
}));
