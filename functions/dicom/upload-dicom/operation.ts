import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { StoredDicom } from '../../../lib/domain/dicom/dicom-instance.ts';

export const operation = defineOperation({
  id: 'upload-dicom',
  method: 'POST',
  path: '/dicom/upload',
  summary: 'Upload a small DICOM file, at most 4.4 MB',
  group: 'DICOM',
  auth: EVERYONE,
  form: { file: 'file', maxFiles: 1 },
  body: z.strictObject({}),
  success: { status: 201, schema: z.strictObject({ success: z.literal(true), data: StoredDicom }) },
  errors: ['BAD_REQUEST', 'CONFLICT'],
  permissions: { table: 'write', objects: { dicom: ['write', 'delete'] } },
  rate: 'upload',
  memoryMb: 1024,
  timeoutSeconds: 29,
});
