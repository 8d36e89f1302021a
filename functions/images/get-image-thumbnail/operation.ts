import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-image-thumbnail',
  method: 'GET',
  path: '/api/images/{id}/thumbnail',
  summary: 'Get the thumbnail of an image as PNG, with its edits',
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    stream: ['image/png'],
    accepted: { status: 202, schema: z.strictObject({ id: Id, status: z.enum(['pending', 'scanning']) }) },
  },
  errors: ['NOT_FOUND', 'TOO_MANY_REQUESTS'],
  // As `get-image-data`: an image with edits has a copy as its thumbnail.
  permissions: { table: 'read', requests: 'count', objects: { images: ['read', 'write', 'delete'] } },
  rate: 'none',
  memoryMb: 1024,
  timeoutSeconds: 60,
  layers: ['sharp', 'libheif'],
  // Of a PDF only the first page is copied, from its preview.
  processes: ['lib/media/heic/heic-process.ts'],
});
