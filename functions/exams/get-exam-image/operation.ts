import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { ImageMedicale } from '../../../lib/api/views/image-medicale.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-exam-image',
  method: 'GET',
  path: '/examens-medicaux/images/{imageId}',
  summary: 'Get what is known of a picture of an exam; patients, once its DICOM file is stored as theirs',
  group: 'Exams',
  auth: EVERYONE,
  params: z.strictObject({ imageId: Id }),
  success: { status: 200, schema: ImageMedicale },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
