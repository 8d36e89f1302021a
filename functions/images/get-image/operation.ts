import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage, IMAGE_TAG } from '../../../lib/api/views/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-image',
  method: 'GET',
  path: '/api/images/{id}',
  summary: 'Get what is known of an image',
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  query: z.strictObject({
    include: z
      .literal('image_data')
      .optional()
      .describe('Adds the original in base64, for clients that take only JSON.'),
  }),
  success: { status: 200, schema: BatchImage.extend({ image_data: z.string().optional() }) },
  entityTag: IMAGE_TAG,
  errors: ['NOT_FOUND', 'PAYLOAD_TOO_LARGE'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
