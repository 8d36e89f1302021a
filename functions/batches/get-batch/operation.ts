import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { PatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-batch',
  method: 'GET',
  path: '/api/images/batches/{id}',
  summary: 'Get a batch',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  params: z.strictObject({ id: Id }),
  success: { status: 200, schema: PatientBatch },
  entityTag: {},
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
