import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { DicomUploadTarget } from '../../../lib/api/views/dicom-upload.ts';
import { CreateDicomUpload } from '../../../lib/domain/dicom/dicom-upload.ts';

export const operation = defineOperation({
  id: 'create-dicom-uploads',
  method: 'POST',
  path: '/dicom/upload-urls',
  summary: 'Get a signed upload URL for each of many DICOM files',
  group: 'DICOM',
  auth: EVERYONE,
  scopes: ['dicom:store'],
  body: z.strictObject({ files: z.array(CreateDicomUpload).min(1) }),
  success: {
    status: 201,
    schema: z.strictObject({
      uploads: z.array(DicomUploadTarget).describe('One for each file, in their order.'),
    }),
  },
  errors: [],
  permissions: { table: 'write', objects: { 'incoming-dicom': ['write'] } },
  rate: 'upload',
  memoryMb: 512,
  timeoutSeconds: 10,
});
