import { DICOM_JSON, SearchQuery } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';

export const operation = defineOperation({
  id: 'search-studies',
  method: 'GET',
  path: '/dicom-web/studies',
  summary: 'Search DICOM studies by their attributes, each a parameter by keyword or tag (QIDO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  query: SearchQuery,
  success: { status: 200, stream: [DICOM_JSON, 'application/json'], empty: 204 },
  errors: ['NOT_ACCEPTABLE', 'PAYLOAD_TOO_LARGE'],
  permissions: { table: 'read' },
  rate: 'metadata',
  crossOrigin: true,
  memoryMb: 1024,
  timeoutSeconds: 29,
  example: { query: { PatientID: 'P-1001', includefield: 'StudyDescription' } },
});
