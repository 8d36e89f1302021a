import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { PatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { Batch } from '../../../lib/domain/batches/batch.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'create-batch',
  method: 'POST',
  path: '/api/images/batches',
  summary: 'Create a batch for a patient',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:write'],
  body: z.strictObject({
    name: Batch.shape.name,
    content_type: z.literal('patients.patient').optional(),
    object_id: PatientId.describe('The patient.'),
  }),
  success: { status: 201, schema: PatientBatch },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
