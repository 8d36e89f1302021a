import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage } from '../../../lib/domain/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-image',
  method: 'GET',
  path: '/api/images/{id}',
  summary: 'Get what is known of an image',
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: { status: 200, schema: BatchImage },
  errors: ['NOT_FOUND'],
  touches: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
