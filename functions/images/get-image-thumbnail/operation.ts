import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-image-thumbnail',
  method: 'GET',
  path: '/api/images/{id}/thumbnail',
  summary: 'Get the thumbnail of an image as PNG',
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    stream: ['image/png'],
    accepted: { status: 202, schema: z.strictObject({ id: Id, status: z.enum(['pending', 'scanning']) }) },
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'none',
  memoryMb: 512,
  timeoutSeconds: 10,
});
