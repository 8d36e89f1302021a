import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { ExportStatus } from '../../../lib/domain/export.ts';
import { Id, Timestamp } from '../../../lib/domain/identifiers.ts';
import { SignedUrl } from '../../../lib/domain/signed-url.ts';

export const operation = defineOperation({
  id: 'get-export',
  method: 'GET',
  path: '/api/exports/{id}',
  summary: 'Ask how far an export is, and where its ZIP can be had',
  group: 'Batches',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    schema: z.strictObject({
      id: Id,
      status: ExportStatus,
      progress: z
        .number()
        .min(0)
        .max(1)
        .meta({ examples: [1] }),
      url: SignedUrl.optional().describe('Signed and temporary, once it is `ready`; it takes ranges.'),
      expires_at: Timestamp.describe('When the export itself is gone.'),
    }),
  },
  errors: ['NOT_FOUND'],
  touches: { table: 'read', objects: { exports: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
