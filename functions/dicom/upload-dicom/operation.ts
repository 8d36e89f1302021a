import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { StatusUrl } from '../../../lib/api/views/dicom-upload.ts';
import { StoredDicom } from '../../../lib/domain/dicom/dicom-instance.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'upload-dicom',
  method: 'POST',
  path: '/dicom/upload',
  summary: 'Upload a small DICOM file, at most 4.4 MB',
  group: 'DICOM',
  auth: EVERYONE,
  form: { file: 'file', maxFiles: 1 },
  body: z.strictObject({}),
  success: {
    status: 201,
    schema: z.strictObject({
      success: z.literal(true),
      data: StoredDicom,
      uploadId: Id.optional().describe('Only with 202: the file is scanned for malware before it is stored.'),
      statusUrl: StatusUrl.optional(),
    }),
    partialStatus: 202,
  },
  errors: ['BAD_REQUEST', 'CONFLICT'],
  permissions: { table: 'write', objects: { dicom: ['write', 'delete'], 'incoming-dicom': ['write'] } },
  rate: 'upload',
  memoryMb: 1024,
  timeoutSeconds: 29,
});
