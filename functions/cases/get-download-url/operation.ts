import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SignedUrl } from '../../../lib/api/views/signed-url.ts';
import { Id, Timestamp } from '../../../lib/domain/identifiers.ts';
import { FileName } from '../../../lib/domain/images/image.ts';

export const operation = defineOperation({
  id: 'get-download-url',
  method: 'GET',
  path: '/api/v1/images/{id}/download-url',
  summary: 'Get a signed URL of the original image',
  group: 'Cases',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    schema: z.strictObject({ url: SignedUrl, fileName: FileName, expiresAt: Timestamp }),
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
