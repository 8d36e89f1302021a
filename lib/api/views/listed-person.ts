import * as z from 'zod';
import { PatientId, Subject, Timestamp } from '../../domain/identifiers.ts';
import { GivenRole, type Person, PersonEmail, PersonName } from '../../domain/people/person.ts';

/** A person of the user pool. Names and addresses that were written in Cognito's console may have any form. */
export const ListedPerson = z.strictObject({
  subject: Subject.describe('As the audit log names the person.'),
  name: z
    .string()
    .nullable()
    .meta(PersonName.meta() ?? {}),
  email: z
    .string()
    .nullable()
    .meta(PersonEmail.meta() ?? {}),
  role: GivenRole.nullable().describe('Null: the person may sign in, and opens nothing.'),
  patient_id: z
    .string()
    .nullable()
    .meta(PatientId.meta() ?? {})
    .describe('The number of a patient.'),
  enabled: z
    .boolean()
    .meta({ examples: [true] })
    .describe('Whether the person can sign in.'),
  invited: z
    .boolean()
    .meta({ examples: [false] })
    .describe('Whether the person has not signed in yet.'),
  created_at: Timestamp,
  updated_at: Timestamp,
});

/** Converts a person to the format in lists. */
export const toListedPerson = (person: Person): z.infer<typeof ListedPerson> => ({
  subject: person.subject,
  name: person.name ?? null,
  email: person.email ?? null,
  role: person.role ?? null,
  patient_id: person.patientId ?? null,
  enabled: person.isEnabled,
  invited: person.isInvited,
  created_at: person.createdAt,
  updated_at: person.changedAt,
});
