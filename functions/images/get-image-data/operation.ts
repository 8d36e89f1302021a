import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { CopyQuery } from '../../../lib/domain/images/image-copy.ts';
import { IMAGE_EXTENSIONS } from '../../../lib/domain/uploads/upload.ts';

export const operation = defineOperation({
  id: 'get-image-data',
  method: 'GET',
  path: '/api/images/{id}/data',
  summary:
    'Get the original bytes of an image, or a copy that is smaller, of another format, watermarked or of another page',
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  query: CopyQuery,
  success: { status: 200, stream: Object.keys(IMAGE_EXTENSIONS) },
  errors: ['NOT_FOUND', 'RANGE_NOT_SATISFIABLE', 'TOO_MANY_REQUESTS'],
  // The operation writes and deletes only converted copies, which count against the rate limit of requests.
  permissions: { table: 'read', requests: 'count', objects: { images: ['read', 'write', 'delete'] } },
  rate: 'none',
  // The maximum for converted copies, see `defaultLimits`; streaming an original takes a tenth of it.
  memoryMb: 1024,
  timeoutSeconds: 60,
  layers: ['sharp', 'libheif'],
  assets: [
    'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
    'node_modules/dejavu-fonts-ttf/LICENSE',
    'node_modules/@hyzyla/pdfium/dist/pdfium.wasm',
  ],
  processes: ['lib/media/pdf/pdf-page-process.ts', 'lib/media/heic/heic-process.ts'],
  example: { query: { width: 1200, format: 'webp', quality: 80, watermark: 'Copy of 6 November 2025' } },
});
