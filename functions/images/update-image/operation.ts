import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage } from '../../../lib/domain/batch-image.ts';
import { Category } from '../../../lib/domain/category.ts';
import { Id, Text } from '../../../lib/domain/identifiers.ts';

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
      category: Category.optional(),
      caption: Text.max(2000).optional(),
      date_taken: z.iso.date().nullable().optional().describe('null takes it away.'),
      order: z.int().min(0).max(2_147_483_647).optional(),
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
  example: { body: { category: 'posterior', caption: 'Left heel, standing' } },
});
