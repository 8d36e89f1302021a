import * as z from 'zod';
import { DICOM_JSON, SearchQuery } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'search-instances',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series/{series}/instances',
  aliases: {
    'search-study-instances': '/dicom-web/studies/{study}/instances',
    'search-all-instances': '/dicom-web/instances',
  },
  summary: 'Search DICOM instances by their attributes, each a parameter by keyword or tag (QIDO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({ study: StudyUid.optional(), series: SeriesUid.optional() }),
  query: SearchQuery,
  success: { status: 200, stream: [DICOM_JSON, 'application/json'], empty: 204 },
  errors: ['NOT_ACCEPTABLE', 'PAYLOAD_TOO_LARGE'],
  permissions: { table: 'read' },
  rate: 'metadata',
  crossOrigin: true,
  memoryMb: 1024,
  timeoutSeconds: 29,
  example: { query: { InstanceNumber: '1' } },
});
