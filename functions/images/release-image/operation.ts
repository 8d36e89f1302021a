import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'release-image',
  method: 'DELETE',
  path: '/api/images/{id}/legal-hold',
  summary: 'Release an image from its legal hold (admins)',
  group: 'Images',
  auth: ['admin'],
  params: z.strictObject({ id: Id }),
  success: { status: 204 },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
