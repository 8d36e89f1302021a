import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'revoke-api-key',
  method: 'DELETE',
  path: '/api/v2/keys/{id}',
  summary: 'Revoke an API key: it opens nothing from now on',
  group: 'Keys',
  auth: ['admin'],
  params: z.strictObject({ id: Id }),
  success: { status: 204 },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
