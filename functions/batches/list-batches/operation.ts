import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { PatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-batches',
  method: 'GET',
  path: '/api/images/batches',
  summary: "List a patient's batches, newest first",
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  query: z.strictObject({ patient_id: PatientId, ...PageQuery }),
  success: { status: 200, schema: z.strictObject({ batches: z.array(PatientBatch), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
