import type { Batch, Image } from '../api/types.ts';

/** A socket message. Its image has no signed URL. */
export type SocketMessage =
  | {
      type: 'IMAGE_UPLOADED' | 'IMAGE_READY' | 'IMAGE_REJECTED' | 'IMAGE_CHANGED' | 'IMAGE_DELETED';
      image: Omit<Image, 'thumbnail_url'>;
    }
  | { type: 'BATCH_CHANGED' | 'BATCH_DELETED'; batch: Batch }
  | { type: 'EXPORT_READY'; export: { id: string } };
