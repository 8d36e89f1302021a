import * as z from 'zod';
import { Accept, DICOM_JSON } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'get-metadata',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}/metadata',
  aliases: {
    'get-series-metadata': '/dicom-web/studies/{study}/series/{series}/metadata',
    'get-study-metadata': '/dicom-web/studies/{study}/metadata',
  },
  summary: 'Get all attributes of DICOM instances but their bulk data (WADO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({
    study: StudyUid,
    series: SeriesUid.optional(),
    instance: SopUid.optional(),
  }),
  query: z.strictObject(Accept),
  success: { status: 200, stream: [DICOM_JSON, 'application/json'] },
  errors: ['NOT_FOUND', 'NOT_ACCEPTABLE', 'SERVICE_UNAVAILABLE'],
  // The operation writes only the metadata of a series, which it composes from the metadata of its instances.
  permissions: { table: 'read', objects: { dicom: ['read', 'write'] } },
  // A viewer requests the metadata of each series of a study.
  rate: 'none',
  crossOrigin: true,
  memoryMb: 1769,
  timeoutSeconds: 60,
});
