import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ListedPerson } from '../../../lib/api/views/listed-person.ts';
import { PatientId, Subject } from '../../../lib/domain/identifiers.ts';
import { GivenRole } from '../../../lib/domain/people/person.ts';

export const operation = defineOperation({
  id: 'update-person',
  method: 'PATCH',
  path: '/api/people/{subject}',
  summary: 'Change the role of a person, the number of a patient, or whether the person can sign in',
  group: 'People',
  auth: ['admin'],
  // Cognito's subjects are UUIDs.
  params: z.strictObject({
    subject: z
      .uuid()
      .toLowerCase()
      .meta(Subject.meta() ?? {}),
  }),
  body: z
    .strictObject({
      role: GivenRole.optional(),
      patient_id: PatientId.optional().describe('The number of a patient.'),
      enabled: z.boolean().optional().describe('Whether the person can sign in.'),
    })
    .refine((changes) => Object.keys(changes).length > 0, {
      error: 'must have at least one of role, patient_id, enabled',
    }),
  success: { status: 200, schema: ListedPerson },
  errors: ['CONFLICT', 'NOT_FOUND'],
  permissions: { people: ['find', 'change'] },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 20,
});
