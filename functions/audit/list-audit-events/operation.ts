import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ListedEvent } from '../../../lib/api/views/listed-event.ts';
import { PatientId, Timestamp } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-audit-events',
  method: 'GET',
  path: '/api/audit',
  summary: 'List who saw or changed what, newest first',
  group: 'Audit',
  auth: ['admin'],
  query: z.strictObject({
    patient_id: PatientId.optional().describe('What was done about this patient.'),
    who: z.string().min(1).max(128).optional().describe('What this person, or `key:<id>`, did.'),
    from: Timestamp.optional().describe('First moment.'),
    to: Timestamp.optional().describe('Last moment.'),
    ...PageQuery,
  }),
  success: { status: 200, schema: z.strictObject({ events: z.array(ListedEvent), next: Next }) },
  errors: [],
  permissions: { audit: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: { query: { patient_id: 'P-1001', from: '2026-01-01T00:00:00Z' } },
});
