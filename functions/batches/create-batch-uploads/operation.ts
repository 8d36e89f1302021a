import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Category } from '../../../lib/domain/category.ts';
import { Crc32, Id, Text, Timestamp } from '../../../lib/domain/identifiers.ts';
import { FileName } from '../../../lib/domain/image.ts';

export const operation = defineOperation({
  id: 'create-batch-uploads',
  method: 'POST',
  path: '/api/images/batches/{id}/upload-urls',
  summary: 'Get a signed upload URL for each of many files of a batch',
  group: 'Batches',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  body: z.strictObject({
    files: z
      .array(
        z.strictObject({
          name: FileName,
          size: z.int().min(1).describe('Bytes.'),
          type: z.string().max(127).describe('MIME type.'),
          crc32: Crc32.optional().describe('Base64 of the four bytes; S3 refuses a body that has another.'),
          category: Category.default('other'),
          caption: Text.max(2000).default(''),
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
          name: z.string(),
          upload_url: z.url(),
          method: z.literal('PUT'),
          headers: z.record(z.string(), z.string()).describe('To be sent exactly so.'),
          expires_at: Timestamp,
        }),
      ),
    }),
  },
  errors: ['NOT_FOUND', 'UNSUPPORTED_MEDIA_TYPE'],
  touches: { table: 'write', objects: { incoming: ['write'] } },
  rate: 'upload',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: {
    body: { files: [{ name: 'heel.jpg', size: 2_481_234, type: 'image/jpeg', category: 'posterior' }] },
  },
});
