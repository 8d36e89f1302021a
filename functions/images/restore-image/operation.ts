import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage } from '../../../lib/api/views/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'restore-image',
  method: 'POST',
  path: '/api/images/{id}/restore',
  summary: 'Restore a deleted image (doctors and admins)',
  group: 'Images',
  // Everyone: for another patient's, the response is 404 and not 403. The handler refuses all but doctors and admins.
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: { status: 200, schema: BatchImage },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
