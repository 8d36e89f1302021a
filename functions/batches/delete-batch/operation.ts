import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { DeletionQuery } from '../../../lib/api/query.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'delete-batch',
  method: 'DELETE',
  path: '/api/images/batches/{id}',
  summary: 'Delete a batch and all that is in it (doctors and admins)',
  group: 'Batches',
  // Everyone: for another patient's, the response is 404 and not 403. The handler refuses all but doctors and admins.
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  query: DeletionQuery,
  success: { status: 204 },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 29,
});
