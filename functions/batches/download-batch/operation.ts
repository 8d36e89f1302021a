import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { AS_EDITED, repeatable } from '../../../lib/api/query.ts';
import { StartedExport } from '../../../lib/api/views/export.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'download-batch',
  method: 'GET',
  path: '/api/images/batches/{id}/download',
  summary: 'Download the ready images of a batch, or some of them, as one ZIP',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  params: z.strictObject({ id: Id }),
  query: z.strictObject({
    image_ids: repeatable(Id, 200)
      .optional()
      .describe('Repeat it for several, or put commas between them; none means all.'),
    as_edited: z
      .literal('true')
      .optional()
      .describe(`${AS_EDITED} If an image has edits, an export is started, and the answer is a 202.`),
  }),
  success: {
    status: 200,
    stream: ['application/zip'],
    // The images are too large to be streamed, or copies of edited ones have to be made: so an export is started.
    accepted: { status: 202, schema: StartedExport },
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write', objects: { images: ['read'], exports: ['write'] } },
  rate: 'metadata',
  memoryMb: 1024,
  timeoutSeconds: 300,
});
