import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ErasureCertificate } from '../../../lib/api/views/erasure-certificate.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';
import { Reason } from '../../../lib/domain/reason.ts';

export const operation = defineOperation({
  id: 'erase-patient',
  method: 'POST',
  path: '/api/patients/{id}/erasure',
  summary:
    'Erase everything of a patient for good, unless something is under a legal hold; the answer is the certificate (admins)',
  group: 'Patients',
  auth: ['admin'],
  params: z.strictObject({ id: PatientId }),
  body: z.strictObject({
    confirm: PatientId.describe('The number of the patient once more.'),
    reason: Reason.meta({ examples: ['Asked for by the patient'] }),
  }),
  success: { status: 202, schema: ErasureCertificate },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 1769,
  timeoutSeconds: 29,
});
