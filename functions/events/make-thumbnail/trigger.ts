import { defineTrigger, MAXIMUM_RECEIVES } from '../../../lib/api/trigger.ts';

/** The memory, timeout and files that the processing of an image needs. */
export const RUNTIME = {
  memoryMb: 1769,
  timeoutSeconds: 60,
  layers: ['sharp', 'libheif'],
  assets: ['node_modules/@hyzyla/pdfium/dist/pdfium.wasm'],
  processes: ['lib/media/pdf/pdf-page-process.ts', 'lib/media/heic/heic-process.ts'],
} as const;

export const trigger = defineTrigger({
  id: 'make-thumbnail',
  summary:
    'Look at what was uploaded: a picture becomes ready with its thumbnails, anything else is rejected',
  costOfFailure: 'Uploaded images stay "pending": nobody sees them until this is mended; the bytes are safe.',
  source: {
    objectsUnder: 'incoming/',
    batchSize: 1,
    maximumConcurrency: 20,
    maximumReceives: MAXIMUM_RECEIVES,
  },
  permissions: {
    table: 'write',
    audit: 'append',
    requests: 'remember',
    objects: { incoming: ['find', 'read', 'delete'], images: ['write', 'delete'] },
  },
  ...RUNTIME,
});
