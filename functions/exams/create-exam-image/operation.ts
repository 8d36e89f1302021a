import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { CreateImageMedicale, ImageMedicale } from '../../../lib/domain/exam-image.ts';

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
  touches: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: {
    body: {
      examenID: 'c627b932-4370-4123-bad4-a81be00dad8d',
      studyInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.2.31',
      seriesInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.1.31',
      sopInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1',
      dateAcquisition: '1996-03-08T00:00:00.000Z',
      modalite: 'CT',
      description: 'Chest CT scan',
      url: '/dicom/wado/1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1',
    },
  },
});
