import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { ExportProgress } from '../../../lib/api/views/export.ts';
import { SignedUrl } from '../../../lib/api/views/signed-url.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-export',
  method: 'GET',
  path: '/api/exports/{id}',
  summary: 'Ask how far an export is, and where its ZIP can be had',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    schema: ExportProgress.extend({
      url: SignedUrl.optional().describe('Signed and temporary, once it is `ready`; it takes ranges.'),
    }),
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read', objects: { exports: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
