import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { PatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'restore-batch',
  method: 'POST',
  path: '/api/images/batches/{id}/restore',
  summary: 'Restore a deleted batch and all that was deleted with it (doctors and admins)',
  group: 'Batches',
  // Everyone: for another patient's, the response is 404 and not 403. The handler refuses all but doctors and admins.
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: { status: 200, schema: PatientBatch },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 29,
});
