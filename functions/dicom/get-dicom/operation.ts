import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { SopUid } from '../../../lib/domain/dicom/uids.ts';

/** The longest side of a requested image, in pixels. */
const Side = z.coerce.number().int().min(1).max(8192);

export const operation = defineOperation({
  id: 'get-dicom',
  method: 'GET',
  path: '/dicom/wado/{sopInstanceUID}',
  summary: 'Get a DICOM file as it was stored, or a frame of it as a picture',
  group: 'DICOM',
  auth: EVERYONE,
  scopes: ['dicom:read'],
  params: z.strictObject({ sopInstanceUID: SopUid }),
  query: z.strictObject({
    contentType: z
      .string()
      .max(200)
      .default('application/dicom')
      .describe('`application/dicom`, `image/png` or `image/jpeg`; of several, the first that we have.'),
    frameNumber: z.coerce.number().int().min(1).default(1).describe('Of a picture; the first frame is 1.'),
    windowCenter: z.coerce.number().optional().describe('Of a picture in greys, with `windowWidth`.'),
    windowWidth: z.coerce.number().min(1).optional(),
    rows: Side.optional().describe('What a picture has to fit into, in its own shape.'),
    columns: Side.optional(),
    imageQuality: z.coerce.number().int().min(1).max(100).default(90).describe('Of JPEG.'),
  }),
  success: { status: 200, stream: ['application/dicom', 'image/png', 'image/jpeg'] },
  errors: ['NOT_FOUND', 'NOT_ACCEPTABLE', 'RANGE_NOT_SATISFIABLE'],
  permissions: { table: 'read', objects: { dicom: ['read'] } },
  rate: 'none',
  decodes: true,
  // As for ingestion: the whole file and one decoded frame are in memory.
  memoryMb: 1769,
  timeoutSeconds: 29,
  layers: ['sharp'],
  assets: ['node_modules/dcmjs-codecs/build/dcmjs-native-codecs.wasm'],
  processes: ['lib/media/dicom/decode/codec-process.ts'],
  example: { query: { contentType: 'image/png', windowCenter: 40, windowWidth: 400 } },
});
