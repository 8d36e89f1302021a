import * as z from 'zod';
import { Accept } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'retrieve-instances',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}',
  aliases: {
    'retrieve-series': '/dicom-web/studies/{study}/series/{series}',
    'retrieve-study': '/dicom-web/studies/{study}',
  },
  summary:
    'Get the DICOM files of a study, of a series or of an instance, as they are stored or decoded (WADO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({
    study: StudyUid,
    series: SeriesUid.optional(),
    instance: SopUid.optional(),
  }),
  query: z.strictObject(Accept),
  success: { status: 200, stream: ['multipart/related', 'application/dicom'] },
  errors: ['NOT_FOUND', 'NOT_ACCEPTABLE', 'PAYLOAD_TOO_LARGE', 'SERVICE_UNAVAILABLE'],
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  rate: 'none',
  decodes: true,
  crossOrigin: true,
  // When a file is decoded, the whole stored file and the decoded one are in memory.
  memoryMb: 1769,
  timeoutSeconds: 300,
  assets: ['node_modules/dcmjs-codecs/build/dcmjs-native-codecs.wasm'],
  processes: ['lib/media/dicom/decode/codec-process.ts'],
});
