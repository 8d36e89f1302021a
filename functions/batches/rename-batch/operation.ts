import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Batch } from '../../../lib/domain/batch.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { PatientBatch } from '../../../lib/domain/patient-batch.ts';

export const operation = defineOperation({
  id: 'rename-batch',
  method: 'PUT',
  path: '/api/images/batches/{id}',
  summary: 'Rename a batch',
  group: 'Batches',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  body: z.strictObject({ name: Batch.shape.name }),
  success: { status: 200, schema: PatientBatch },
  errors: ['NOT_FOUND'],
  touches: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
