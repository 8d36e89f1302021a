import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { DeletedBatch, DeletedImage } from '../../../lib/api/views/deleted.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-deleted',
  method: 'GET',
  path: '/api/patients/{id}/deleted',
  summary: 'List what was deleted of a patient and can be restored, newest first (doctors and admins)',
  group: 'Images',
  // Everyone: for another patient, the response is 404 and not 403. The handler refuses all but doctors and admins.
  auth: EVERYONE,
  params: z.strictObject({ id: PatientId }),
  query: z.strictObject(PageQuery),
  success: {
    status: 200,
    schema: z.strictObject({
      batches: z
        .array(DeletedBatch)
        .describe('All deleted batches, on each page. Their images are restored with them.'),
      images: z.array(DeletedImage),
      next: Next,
    }),
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
