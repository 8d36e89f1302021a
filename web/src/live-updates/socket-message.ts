import type { Batch, Image } from '../api/types.ts';

/** A socket message. Its image has no signed URL. */
export type SocketMessage =
  | {
      type: 'IMAGE_UPLOADED' | 'IMAGE_READY' | 'IMAGE_REJECTED' | 'IMAGE_CHANGED' | 'IMAGE_DELETED';
      image: Omit<Image, 'thumbnail_url'>;
    }
  | { type: 'BATCH_CHANGED' | 'BATCH_DELETED'; batch: Batch }
  | { type: 'EXPORT_READY'; export: { id: string } };

/** The message in a frame; undefined for other frames, by which API Gateway tells of its own errors. */
export function parseSocketMessage(frame: string): SocketMessage | undefined {
  const message = JSON.parse(frame) as Partial<SocketMessage>;
  return message.type === undefined ? undefined : (message as SocketMessage);
}
