import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ExamId, ImageMedicale } from '../../../lib/api/views/image-medicale.ts';

export const operation = defineOperation({
  id: 'list-exam-images',
  method: 'GET',
  path: '/examens-medicaux/{id}/images',
  summary:
    'List the pictures of an exam in the order of their registration; patients see those stored as theirs',
  group: 'Exams',
  auth: EVERYONE,
  params: z.strictObject({ id: ExamId }),
  query: z.strictObject(PageQuery),
  // Wrapped in an object like every other list: a bare array has no place for `next`.
  success: { status: 200, schema: z.strictObject({ images: z.array(ImageMedicale), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
