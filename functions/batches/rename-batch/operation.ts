import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { PatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { Batch } from '../../../lib/domain/batches/batch.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'rename-batch',
  method: 'PUT',
  path: '/api/images/batches/{id}',
  summary: 'Rename a batch (patients, only those that they made)',
  group: 'Batches',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  body: z.strictObject({ name: Batch.shape.name }),
  success: { status: 200, schema: PatientBatch },
  entityTag: {},
  errors: ['NOT_FOUND'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
