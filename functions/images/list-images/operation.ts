import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { BatchImage } from '../../../lib/domain/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-images',
  method: 'GET',
  path: '/api/images',
  summary: 'List the images of a batch in their order',
  group: 'Images',
  auth: EVERYONE,
  query: z.strictObject({ batch_id: Id, ...PageQuery }),
  success: { status: 200, schema: z.strictObject({ images: z.array(BatchImage), next: Next }) },
  errors: ['NOT_FOUND'],
  touches: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
