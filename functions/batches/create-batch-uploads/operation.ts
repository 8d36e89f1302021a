import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SignedHeaders, SignedUrl } from '../../../lib/api/views/signed-url.ts';
import { Crc32, Id, Timestamp } from '../../../lib/domain/identifiers.ts';
import { Category } from '../../../lib/domain/images/category.ts';
import { Bytes, Caption, EyeSide, FileName, MimeType } from '../../../lib/domain/images/image.ts';

export const operation = defineOperation({
  id: 'create-batch-uploads',
  method: 'POST',
  path: '/api/images/batches/{id}/upload-urls',
  summary: 'Get a signed upload URL for each of many files of a batch',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:write'],
  params: z.strictObject({ id: Id }),
  body: z.strictObject({
    files: z
      .array(
        z.strictObject({
          name: FileName,
          size: Bytes.min(1).describe('Bytes.'),
          type: MimeType.describe('MIME type.'),
          crc32: Crc32.optional().describe('Base64 of the four bytes; S3 refuses a body that has another.'),
          category: Category.default('other'),
          caption: Caption.default(''),
          eye_side: EyeSide.default('unknown'),
        }),
      )
      .min(1),
  }),
  success: {
    status: 201,
    schema: z.strictObject({
      uploads: z.array(
        z.strictObject({
          id: Id.describe('The image.'),
          name: FileName,
          upload_url: SignedUrl,
          method: z.literal('PUT'),
          headers: SignedHeaders,
          expires_at: Timestamp,
        }),
      ),
    }),
  },
  errors: ['NOT_FOUND', 'UNSUPPORTED_MEDIA_TYPE'],
  permissions: { table: 'write', objects: { incoming: ['write'] } },
  rate: 'upload',
  memoryMb: 512,
  timeoutSeconds: 10,
});
