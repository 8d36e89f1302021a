import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { PatientCase } from '../../../lib/api/views/patient-case.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-cases',
  method: 'GET',
  path: '/api/v1/images/cases',
  summary: "List a patient's cases that hold ready images, the latest image first",
  group: 'Cases',
  auth: EVERYONE,
  query: z.strictObject({ patientId: PatientId, ...PageQuery }),
  success: { status: 200, schema: z.strictObject({ cases: z.array(PatientCase), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
