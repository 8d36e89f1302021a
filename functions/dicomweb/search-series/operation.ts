import * as z from 'zod';
import { DICOM_JSON, SearchQuery } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'search-series',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series',
  aliases: { 'search-all-series': '/dicom-web/series' },
  summary: 'Search DICOM series by their attributes, each a parameter by keyword or tag (QIDO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({ study: StudyUid.optional() }),
  query: SearchQuery,
  success: { status: 200, stream: [DICOM_JSON, 'application/json'], empty: 204 },
  errors: ['NOT_ACCEPTABLE', 'PAYLOAD_TOO_LARGE'],
  permissions: { table: 'read' },
  rate: 'metadata',
  crossOrigin: true,
  memoryMb: 1024,
  timeoutSeconds: 29,
  example: { query: { Modality: 'CT' } },
});
