import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { PatientIdentity } from '../../../lib/api/views/patient-identity.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'identify-patient',
  method: 'GET',
  path: '/api/patients/{id}/identity',
  summary: 'Tell whose a patient number is, and whether it is new; patients, their own',
  group: 'Patients',
  auth: EVERYONE,
  params: z.strictObject({ id: PatientId }),
  success: { status: 200, schema: PatientIdentity },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
