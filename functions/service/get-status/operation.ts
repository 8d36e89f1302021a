import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Timestamp } from '../../../lib/domain/identifiers.ts';

const Count = z.int().meta({ examples: [0] });
const Files = {
  at: Timestamp,
  files: z.int().meta({ examples: [12_480] }),
  bytes: z.int().meta({ examples: [48_318_382_080] }),
};

export const operation = defineOperation({
  id: 'get-status',
  method: 'GET',
  path: '/api/status',
  summary: 'Tell what is stored, what waits in queues or was given up, and what the last checks found',
  group: 'Service',
  auth: ['admin'],
  success: {
    status: 200,
    schema: z.strictObject({
      stored: z.strictObject(Files).nullable().describe('As the reconciliation has last counted it.'),
      queues: z.array(
        z.strictObject({
          id: z
            .string()
            .describe('The function that processes them.')
            .meta({ examples: ['make-thumbnail'] }),
          messages: Count.describe('Waiting, or being processed; about.'),
          deadLetters: Count.describe('Given up, until an operator sends them again.'),
        }),
      ),
      reconciliation: z
        .strictObject({ endedAt: Timestamp, found: Count, unrepaired: Count })
        .nullable()
        .describe('The last run; null before the first.'),
      auditVerification: z
        .strictObject({
          endedAt: Timestamp,
          links: z.int().meta({ examples: [8412] }),
          verifiedLinks: z.int().meta({ examples: [8412] }),
          faults: Count,
        })
        .nullable()
        .describe('The last run; null before the first.'),
    }),
  },
  errors: [],
  permissions: { requests: 'reports', queueLengths: true },
  unaudited: true,
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
