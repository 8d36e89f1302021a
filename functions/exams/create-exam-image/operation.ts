import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { CreateImageMedicale, ImageMedicale } from '../../../lib/api/views/image-medicale.ts';

export const operation = defineOperation({
  id: 'create-exam-image',
  method: 'POST',
  path: '/examens-medicaux/images',
  summary: 'Register what is known of a picture of an exam (staff, doctors and admins)',
  group: 'Exams',
  auth: EVERYONE,
  body: CreateImageMedicale,
  success: { status: 201, schema: ImageMedicale },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
