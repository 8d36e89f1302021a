import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage } from '../../../lib/domain/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { ImageDetails, ImagePlace } from '../../../lib/domain/image-details.ts';

export const operation = defineOperation({
  id: 'update-image',
  method: 'PATCH',
  path: '/api/images/{id}',
  summary: "Change an image's category, caption, date or place in its batch",
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  body: z
    .strictObject({
      ...ImageDetails,
      ...ImagePlace,
    })
    .refine((changes) => Object.keys(changes).length > 0, {
      error: 'must have at least one of category, caption, date_taken, order',
    }),
  success: { status: 200, schema: BatchImage },
  errors: ['NOT_FOUND'],
  touches: { table: 'write', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
