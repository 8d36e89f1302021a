import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { IMAGE_EXTENSIONS } from '../../../lib/domain/uploads/upload.ts';

export const operation = defineOperation({
  id: 'proxy-image',
  method: 'GET',
  path: '/api/v1/images/{id}/proxy',
  summary: 'Get the original bytes of an image, for a browser to keep',
  group: 'Cases',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: { status: 200, stream: Object.keys(IMAGE_EXTENSIONS) },
  errors: ['NOT_FOUND', 'RANGE_NOT_SATISFIABLE'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'none',
  memoryMb: 512,
  timeoutSeconds: 60,
});
