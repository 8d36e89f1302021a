import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage } from '../../../lib/api/views/batch-image.ts';
import { ImageDetails, ImageOrder } from '../../../lib/api/views/image-details.ts';
import { EXAMPLE_ID } from '../../../lib/domain/identifiers.ts';
import { IMAGES_PER_CHANGE } from '../../../lib/domain/limits/request-limits.ts';

const AnyId = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: [EXAMPLE_ID] });

export const operation = defineOperation({
  id: 'update-images',
  method: 'PATCH',
  path: '/api/images',
  summary: 'Change the category, caption, eye side, date or place of many images at once',
  group: 'Images',
  auth: EVERYONE,
  body: z
    .strictObject({
      ids: z.array(AnyId).min(1).max(IMAGES_PER_CHANGE).describe('One that is none stops no other.'),
      ...ImageDetails,
      ...ImageOrder,
    })
    .refine((body) => Object.keys(body).length > 1, {
      error: 'must have at least one of category, caption, eye_side, date_taken, order',
    }),
  success: {
    status: 200,
    schema: z.strictObject({
      results: z
        .array(
          z.discriminatedUnion('status', [
            z.strictObject({ id: AnyId, status: z.literal('updated'), image: BatchImage }),
            z.strictObject({ id: AnyId, status: z.enum(['not_found', 'failed']) }),
          ]),
        )
        .describe(
          'One for each id, in their order. One that failed is not known to be changed; try it again.',
        ),
    }),
  },
  errors: [],
  permissions: { table: 'write', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 29,
});
