import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { Text } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-patients',
  method: 'GET',
  path: '/api/patients',
  summary: 'List patients by name, all or those found by the beginnings of names, a number or a birth date',
  group: 'Patients',
  auth: ['staff', 'doctor', 'admin'],
  query: z.strictObject({
    q: Text.max(64)
      .default('')
      .describe(
        'The beginnings of family, given or middle names in any script and order, of the number, or a birth date (`1970-03-21`, `21.3.1970`). Case and accents are ignored. Without it, all patients.',
      )
      .meta({ examples: ['yama'] }),
    ...PageQuery,
  }),
  success: { status: 200, schema: z.strictObject({ patients: z.array(ListedPatient), next: Next }) },
  errors: [],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
