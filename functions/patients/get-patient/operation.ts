import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { ListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-patient',
  method: 'GET',
  path: '/api/patients/{id}',
  summary: 'Get the name, birth date, sex and former numbers of a patient; patients, their own',
  group: 'Patients',
  auth: EVERYONE,
  params: z.strictObject({ id: PatientId }),
  success: { status: 200, schema: ListedPatient },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
