import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage, IMAGE_TAG } from '../../../lib/api/views/batch-image.ts';
import { ImageDetails, ImageOrder } from '../../../lib/api/views/image-details.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'update-image',
  method: 'PATCH',
  path: '/api/images/{id}',
  summary: "Change an image's category, caption, eye side, date or place in its batch",
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  body: z
    .strictObject({
      ...ImageDetails,
      ...ImageOrder,
    })
    .refine((changes) => Object.keys(changes).length > 0, {
      error: 'must have at least one of category, caption, eye_side, date_taken, order',
    }),
  success: { status: 200, schema: BatchImage },
  entityTag: IMAGE_TAG,
  errors: ['NOT_FOUND'],
  permissions: { table: 'write', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
