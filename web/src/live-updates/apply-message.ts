import type { Query, QueryClient } from '@tanstack/react-query';
import { dropBatch, putBatch } from '../batches/batches.ts';
import { isInGallery } from '../patient/gallery/gallery-images.ts';
import { dropImage, putImage } from '../patient/images.ts';
import type { SocketMessage } from './socket-message.ts';

/** The delay before lists are refetched, so that 200 uploads do not cause 200 requests. */
const DEBOUNCE_MS = 700;

/** The same for the list of the day: a person has a hundred requests a minute for everything. */
const DAY_DEBOUNCE_MS = 2500;

/** What messages change. */
const LIVE: readonly unknown[] = [
  'uploads',
  'batches',
  'images',
  'summary',
  'search',
  'case',
  'cases',
  'export',
  'gallery',
  'deleted',
  'annotations',
];
export const isLive = ({ queryKey: [kind] }: Pick<Query, 'queryKey'>): boolean => LIVE.includes(kind);

/** Applies a message to the query cache; refetches only what the message does not contain. */
export function applyMessage(queries: QueryClient, message: SocketMessage): void {
  // The list of the day is one request for all changes of the clinic, of which there may be many.
  if (message.type !== 'EXPORT_READY') invalidateSoon(queries, ['uploads'], DAY_DEBOUNCE_MS);
  switch (message.type) {
    case 'IMAGE_UPLOADED':
      // Images of exams have another shape, and other pages show them.
      if (!('original_name' in message.image)) return;
      break;
    case 'IMAGE_READY':
    case 'IMAGE_REJECTED':
    case 'IMAGE_CHANGED':
      putImage(queries, message.image);
      if (message.image.annotated_at) invalidateSoon(queries, ['annotations', 'image', message.image.id]);
      break;
    case 'IMAGE_DELETED':
      dropImage(queries, message.image);
      break;
    case 'BATCH_CHANGED':
      if (!putBatch(queries, message.batch)) invalidateSoon(queries, ['batches', message.batch.object_id]);
      invalidateSoon(queries, ['summary', message.batch.object_id]);
      invalidateSoon(queries, ['annotations', 'batch', message.batch.id]);
      return;
    case 'BATCH_DELETED':
      dropBatch(queries, message.batch);
      invalidateSoon(queries, ['summary', message.batch.object_id]);
      return;
    case 'EXPORT_READY':
      void queries.invalidateQueries({ queryKey: ['export', message.export.id] });
      return;
  }
  if (message.image.batch === null) {
    invalidateSoon(queries, ['case']);
    invalidateSoon(queries, ['cases']);
  }
  invalidateSoon(queries, ['search']);
  // The message does not say whose the image is, so that the gallery can't take in a new one by itself.
  if (message.type === 'IMAGE_READY' && !isInGallery(queries, message.image.id)) {
    invalidateSoon(queries, ['gallery']);
  }
}

const waiting = new Set<string>();

function invalidateSoon(queries: QueryClient, queryKey: string[], delayMs = DEBOUNCE_MS): void {
  const key = queryKey.join('/');
  if (waiting.has(key)) return;
  waiting.add(key);
  setTimeout(() => {
    waiting.delete(key);
    void queries.invalidateQueries({ queryKey });
  }, delayMs);
}
