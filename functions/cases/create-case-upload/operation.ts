import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SignedHeaders, SignedUrl } from '../../../lib/api/views/signed-url.ts';
import { CaseId, Crc32, Id, PatientId, TakenAt, Timestamp } from '../../../lib/domain/identifiers.ts';
import { Category } from '../../../lib/domain/images/category.ts';
import { Bytes, EyeSide, FileName, MimeType } from '../../../lib/domain/images/image.ts';

export const operation = defineOperation({
  id: 'create-case-upload',
  method: 'POST',
  path: '/api/v1/images/upload-url',
  summary: 'Get a signed upload URL for an image of a case',
  group: 'Cases',
  auth: EVERYONE,
  body: z.strictObject({
    fileName: FileName,
    mimeType: MimeType,
    fileSize: Bytes.min(1).describe('Bytes.'),
    caseId: CaseId,
    patientId: PatientId.optional().describe(
      "A patient's is always their own; staff may leave it out once the clinic's first image of the case has arrived.",
    ),
    eyeSide: EyeSide.default('unknown'),
    capturedAt: TakenAt.optional(),
    category: Category.default('other'),
    crc32: Crc32.optional().describe('Base64 of the four bytes; S3 refuses a body that has another.'),
  }),
  success: {
    status: 201,
    schema: z.strictObject({
      imageId: Id,
      uploadUrl: SignedUrl,
      method: z.literal('PUT'),
      headers: SignedHeaders,
      expiresAt: Timestamp,
    }),
  },
  errors: ['NOT_FOUND', 'CONFLICT', 'UNSUPPORTED_MEDIA_TYPE'],
  permissions: { table: 'write', objects: { incoming: ['write'] } },
  rate: 'upload',
  memoryMb: 512,
  timeoutSeconds: 10,
});
