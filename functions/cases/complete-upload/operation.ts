import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { CaseImage } from '../../../lib/api/views/case-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'complete-upload',
  method: 'POST',
  path: '/api/v1/images/{id}/complete',
  summary: 'Tell that an upload is complete, where the store itself sends no events; safe to repeat',
  group: 'Cases',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: { status: 202, schema: CaseImage },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write', objects: { incoming: ['read'], images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
