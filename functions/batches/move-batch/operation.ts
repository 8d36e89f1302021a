import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { MovedBatch, MoveRequest } from '../../../lib/api/views/moved.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'move-batch',
  method: 'POST',
  path: '/api/images/batches/{id}/patient',
  summary: 'Move a batch and all that is in it to another patient (doctors and admins)',
  group: 'Batches',
  auth: ['doctor', 'admin'],
  params: z.strictObject({ id: Id }),
  body: z.strictObject(MoveRequest),
  success: { status: 200, schema: MovedBatch },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 29,
});
