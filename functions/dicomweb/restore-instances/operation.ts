import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'restore-instances',
  method: 'POST',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}/restore',
  aliases: {
    'restore-series': '/dicom-web/studies/{study}/series/{series}/restore',
    'restore-study': '/dicom-web/studies/{study}/restore',
  },
  summary: 'Restore a deleted DICOM study, series or instance (doctors and admins)',
  group: 'DICOMweb',
  // Everyone: for another patient's, the response is 404 and not 403. The handler refuses all but doctors and admins.
  auth: EVERYONE,
  params: z.strictObject({
    study: StudyUid,
    series: SeriesUid.optional(),
    instance: SopUid.optional(),
  }),
  success: { status: 204 },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
