import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ListedPerson } from '../../../lib/api/views/listed-person.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';
import { GivenRole, PersonEmail, PersonName } from '../../../lib/domain/people/person.ts';

export const operation = defineOperation({
  id: 'create-person',
  method: 'POST',
  path: '/api/people',
  summary: 'Add a person, who gets an invitation by e-mail',
  group: 'People',
  auth: ['admin'],
  body: z.strictObject({
    email: PersonEmail,
    name: PersonName,
    role: GivenRole,
    patient_id: PatientId.optional().describe('The number of a patient, for whom it is required.'),
  }),
  success: { status: 201, schema: ListedPerson },
  errors: ['CONFLICT'],
  permissions: { people: ['add'] },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 20,
  example: { body: { email: 'dana@clinic.example', name: 'Dana Doctor', role: 'doctor' } },
});
