import { ExamImages } from '../../../lib/data/exam-images.ts';
import { examImageId } from '../../../lib/data/keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { newExamImage, toImageMedicale, visibleOfExam } from '../../../lib/domain/exam-image.ts';
import { note } from '../../../lib/domain/trail.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveCreation } from '../../../lib/http/serve-creation.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<ExamImages, 'register'>;
  now: () => Date;
}

export async function handle({ caller, body }: Request<typeof operation>, { images, now }: Deps) {
  visibleOfExam(caller, body.examenID, 'exam');
  note(caller, 'exam', { id: body.examenID });
  const image = newExamImage(body, examImageId(body.examenID, body.sopInstanceUID), caller, now());
  note(caller, 'exam image', image);
  await images.register(image);
  return toImageMedicale(image);
}

export const handler = serveCreation(operation, handle, () => ({
  images: new ExamImages(connectTable(environment.tableName)),
  now: () => new Date(),
}));
