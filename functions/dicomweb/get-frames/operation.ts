import * as z from 'zod';
import { Accept, FrameList } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'get-frames',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}',
  summary: 'Get frames of a DICOM instance, as they are stored or decoded (WADO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({ study: StudyUid, series: SeriesUid, instance: SopUid, frames: FrameList }),
  query: z.strictObject(Accept),
  success: { status: 200, stream: ['multipart/related', 'application/octet-stream', 'image/*', 'video/*'] },
  errors: ['NOT_FOUND', 'NOT_ACCEPTABLE', 'PAYLOAD_TOO_LARGE'],
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  rate: 'none',
  decodes: true,
  crossOrigin: true,
  // The whole file and one decoded frame are in memory.
  memoryMb: 1769,
  timeoutSeconds: 60,
  assets: ['node_modules/dcmjs-codecs/build/dcmjs-native-codecs.wasm'],
  processes: ['lib/media/dicom/decode/codec-process.ts'],
});
