import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Id, Timestamp } from '../../../lib/domain/identifiers.ts';
import { FileName } from '../../../lib/domain/image.ts';
import { SignedUrl } from '../../../lib/domain/signed-url.ts';

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
  touches: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
