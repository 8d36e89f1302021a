import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { AS_EDITED } from '../../../lib/api/query.ts';
import { StartedExport } from '../../../lib/api/views/export.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'create-export',
  method: 'POST',
  path: '/api/images/batches/{id}/exports',
  summary: 'Have a ZIP of a batch, or of some of its images, made behind the scenes',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  params: z.strictObject({ id: Id }),
  body: z.strictObject({
    image_ids: z.array(Id).min(1).max(10_000).optional().describe('None means all.'),
    as_edited: z.boolean().optional().describe(AS_EDITED),
  }),
  success: { status: 202, schema: StartedExport },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write', objects: { exports: ['write'] } },
  rate: 'metadata',
  memoryMb: 1024,
  timeoutSeconds: 29,
});
