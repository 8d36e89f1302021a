import * as z from 'zod';
import { OneFrame, RenderedQuery } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'get-rendered-frame',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered',
  aliases: {
    'get-rendered-instance': '/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered',
  },
  summary: 'Get a frame of a DICOM instance, by default the first, as a picture (WADO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({
    study: StudyUid,
    series: SeriesUid,
    instance: SopUid,
    frames: OneFrame.optional(),
  }),
  query: z.strictObject(RenderedQuery),
  success: { status: 200, stream: ['image/jpeg', 'image/png', 'application/pdf'] },
  errors: ['NOT_FOUND', 'NOT_ACCEPTABLE'],
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  rate: 'none',
  decodes: true,
  crossOrigin: true,
  memoryMb: 1769,
  timeoutSeconds: 29,
  layers: ['sharp'],
  assets: ['node_modules/dcmjs-codecs/build/dcmjs-native-codecs.wasm'],
  processes: ['lib/media/dicom/decode/codec-process.ts'],
  example: { query: { viewport: '512,512', window: '40,400' } },
});
