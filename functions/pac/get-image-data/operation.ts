import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { IMAGE_EXTENSIONS } from '../../../lib/domain/upload.ts';

export const operation = defineOperation({
  id: 'get-image-data',
  method: 'GET',
  path: '/api/images/{id}/data',
  summary: 'Get the original bytes of an image, or a range of them',
  group: 'PAC',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: { status: 200, stream: Object.keys(IMAGE_EXTENSIONS) },
  errors: ['NOT_FOUND', 'RANGE_NOT_SATISFIABLE'],
  touches: { table: 'read', objects: { images: ['read'] } },
  rate: 'none',
  memoryMb: 512,
  timeoutSeconds: 60,
});
