import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { repeatable } from '../../../lib/api/query.ts';
import { DicomUploadProgress } from '../../../lib/domain/dicom-upload.ts';
import { UPLOADS_PER_QUESTION } from '../../../lib/domain/fixed-limits.ts';
import { EXAMPLE_ID, Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-dicom-uploads',
  method: 'GET',
  path: '/dicom/uploads',
  summary: 'Ask what became of many DICOM files that were sent by signed URLs',
  group: 'DICOM',
  auth: EVERYONE,
  query: z.strictObject({
    ids: repeatable(Id, UPLOADS_PER_QUESTION).describe(
      `At most ${UPLOADS_PER_QUESTION}, with commas between them.`,
    ),
  }),
  success: {
    status: 200,
    schema: z.strictObject({
      uploads: z
        .array(DicomUploadProgress)
        .describe('In the order of the ids; those that are forgotten, or not the caller’s, are left out.'),
    }),
  },
  errors: [],
  touches: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: { query: { ids: EXAMPLE_ID } },
});
