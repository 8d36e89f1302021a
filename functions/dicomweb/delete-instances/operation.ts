import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { DeletionQuery } from '../../../lib/api/query.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'delete-instances',
  method: 'DELETE',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}',
  aliases: {
    'delete-series': '/dicom-web/studies/{study}/series/{series}',
    'delete-study': '/dicom-web/studies/{study}',
  },
  summary: 'Delete a DICOM study, a series or an instance (doctors and admins)',
  group: 'DICOMweb',
  // Everyone: for another patient's, the response is 404 and not 403. The handler refuses all but doctors and admins.
  auth: EVERYONE,
  params: z.strictObject({
    study: StudyUid,
    series: SeriesUid.optional(),
    instance: SopUid.optional(),
  }),
  query: DeletionQuery,
  success: { status: 204 },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
