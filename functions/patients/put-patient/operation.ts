import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';
import { PatientDetails } from '../../../lib/domain/patients/patient.ts';

export const operation = defineOperation({
  id: 'put-patient',
  method: 'PUT',
  path: '/api/patients/{id}',
  summary:
    'Write the name, birth date, sex and former numbers of a patient; DICOM files no longer change them',
  group: 'Patients',
  auth: ['staff', 'doctor', 'admin'],
  params: z.strictObject({ id: PatientId }),
  body: PatientDetails,
  success: { status: 200, schema: ListedPatient },
  errors: [],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
