import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { FoundStudy } from '../../../lib/api/views/found-study.ts';
import { ListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { PatientIdentity } from '../../../lib/api/views/patient-identity.ts';
import { CaseId, Id, PatientId, Text } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'search-all',
  method: 'GET',
  path: '/api/search',
  summary:
    'Find patients by name, number or birth date, cases and exams by number, studies by accession number or UID',
  group: 'Overview',
  auth: ['staff', 'doctor', 'admin'],
  query: z.strictObject({
    q: Text.trim()
      .min(1)
      .max(128)
      .describe('Names by their beginnings, numbers and UIDs as a whole. Case and accents are ignored.')
      .meta({ examples: ['yama'] }),
  }),
  success: {
    status: 200,
    schema: z.strictObject({
      number: PatientIdentity.nullable().describe('The text as a patient number, if it can be one.'),
      patients: z.array(ListedPatient).describe('The first of them, by name.'),
      cases: z.array(
        z.strictObject({
          id: CaseId,
          patientId: PatientId,
          imageCount: z.int().meta({ examples: [3] }),
        }),
      ),
      exams: z.array(z.strictObject({ id: Id })),
      studies: z.array(FoundStudy),
    }),
  },
  errors: [],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
