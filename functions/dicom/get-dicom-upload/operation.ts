import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { DicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-dicom-upload',
  method: 'GET',
  path: '/dicom/uploads/{id}',
  summary: 'Ask what became of a DICOM file that was sent by a signed URL',
  group: 'DICOM',
  auth: EVERYONE,
  scopes: ['dicom:store'],
  params: z.strictObject({ id: Id }),
  success: { status: 200, schema: DicomUploadProgress },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
