import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ErasureCertificate } from '../../../lib/api/views/erasure-certificate.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-erasures',
  method: 'GET',
  path: '/api/erasures',
  summary: 'List the certificates of erasures, newest first',
  group: 'Patients',
  auth: ['admin'],
  query: z.strictObject({
    patient_id: PatientId.optional().describe('Only those of a patient.'),
    ...PageQuery,
  }),
  success: { status: 200, schema: z.strictObject({ erasures: z.array(ErasureCertificate), next: Next }) },
  errors: [],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
