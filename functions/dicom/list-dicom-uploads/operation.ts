import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { repeatable } from '../../../lib/api/query.ts';
import { DicomUploadProgress } from '../../../lib/api/views/dicom-upload.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { UPLOADS_PER_STATUS_REQUEST } from '../../../lib/domain/limits/request-limits.ts';

export const operation = defineOperation({
  id: 'list-dicom-uploads',
  method: 'GET',
  path: '/dicom/uploads',
  summary: 'Ask what became of many DICOM files that were sent by signed URLs',
  group: 'DICOM',
  auth: EVERYONE,
  scopes: ['dicom:store'],
  query: z.strictObject({
    ids: repeatable(Id, UPLOADS_PER_STATUS_REQUEST).describe(
      `At most ${UPLOADS_PER_STATUS_REQUEST}, with commas between them.`,
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
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
