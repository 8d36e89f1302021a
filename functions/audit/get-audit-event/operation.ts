import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ListedEvent } from '../../../lib/api/views/listed-event.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-audit-event',
  method: 'GET',
  path: '/api/audit/{id}',
  summary: 'Get an event of the audit log, with the frames that it covers',
  group: 'Audit',
  auth: ['admin'],
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    schema: ListedEvent.extend({
      reads: z
        .array(z.string())
        .describe('What was read of the series in this minute.')
        .meta({ examples: [['instance 1.2.840.113619.2.55.3 frames 1']] }),
      has_more_reads: z
        .boolean()
        .describe('There are more reads than are listed here.')
        .meta({ examples: [false] }),
    }),
  },
  errors: ['NOT_FOUND'],
  permissions: { audit: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
