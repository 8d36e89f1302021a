import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { CreateDicomUpload, EXAMPLE_DICOM_UPLOAD_URL } from '../../../lib/domain/dicom-upload.ts';
import { Id, Timestamp } from '../../../lib/domain/identifiers.ts';
import { SignedHeaders, SignedUrl } from '../../../lib/domain/signed-url.ts';

export const operation = defineOperation({
  id: 'create-dicom-upload',
  method: 'POST',
  path: '/dicom/upload-url',
  summary: 'Get a signed upload URL for a DICOM file of up to 100 MB',
  group: 'DICOM',
  auth: EVERYONE,
  body: CreateDicomUpload,
  success: {
    status: 201,
    schema: z.strictObject({
      uploadId: Id,
      uploadUrl: SignedUrl,
      method: z.literal('PUT'),
      headers: SignedHeaders,
      expiresAt: Timestamp,
      statusUrl: z
        .string()
        .describe('Ask there what became of the file.')
        .meta({ examples: [EXAMPLE_DICOM_UPLOAD_URL] }),
    }),
  },
  errors: [],
  touches: { table: 'write', objects: { 'incoming-dicom': ['write'] } },
  rate: 'upload',
  memoryMb: 512,
  timeoutSeconds: 10,
});
