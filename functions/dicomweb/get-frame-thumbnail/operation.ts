import * as z from 'zod';
import { OneFrame, RenderedQuery, ThumbnailViewport } from '../../../lib/api/dicomweb.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SeriesUid, SopUid, StudyUid } from '../../../lib/domain/dicom/uids.ts';

const { accept } = RenderedQuery;

export const operation = defineOperation({
  id: 'get-frame-thumbnail',
  method: 'GET',
  path: '/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/thumbnail',
  aliases: {
    'get-instance-thumbnail': '/dicom-web/studies/{study}/series/{series}/instances/{instance}/thumbnail',
    'get-series-thumbnail': '/dicom-web/studies/{study}/series/{series}/thumbnail',
    'get-study-thumbnail': '/dicom-web/studies/{study}/thumbnail',
  },
  summary:
    'Get a small picture of a DICOM frame, or one that stands for an instance, series or study (WADO-RS)',
  group: 'DICOMweb',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({
    study: StudyUid,
    series: SeriesUid.optional(),
    instance: SopUid.optional(),
    frames: OneFrame.optional(),
  }),
  query: z.strictObject({ accept, viewport: ThumbnailViewport }),
  success: { status: 200, stream: ['image/jpeg', 'image/png'] },
  errors: ['NOT_FOUND', 'NOT_ACCEPTABLE', 'SERVICE_UNAVAILABLE'],
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  rate: 'none',
  decodes: true,
  crossOrigin: true,
  memoryMb: 1769,
  timeoutSeconds: 29,
  layers: ['sharp'],
  assets: [
    'node_modules/dcmjs-codecs/build/dcmjs-native-codecs.wasm',
    'node_modules/@hyzyla/pdfium/dist/pdfium.wasm',
  ],
  processes: ['lib/media/dicom/decode/codec-process.ts', 'lib/media/pdf/pdf-page-process.ts'],
});
