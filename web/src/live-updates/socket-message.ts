import type { Batch, Image } from '../api/types.ts';

/** A socket message. Its image has no signed URL. */
export type SocketMessage =
  | {
      type: 'IMAGE_UPLOADED' | 'IMAGE_READY' | 'IMAGE_REJECTED' | 'IMAGE_CHANGED' | 'IMAGE_DELETED';
      image: Omit<Image, 'thumbnail_url'>;
    }
  | { type: 'BATCH_CHANGED' | 'BATCH_DELETED'; batch: Batch }
  | { type: 'EXPORT_READY'; export: { id: string } };

/** The service's answer to what the page says it shows. */
export type SocketReply = { type: 'SHOWN'; patient?: string | null } | { type: 'ERROR'; statusCode: number };

export const isReply = (frame: SocketMessage | SocketReply): frame is SocketReply =>
  frame.type === 'SHOWN' || frame.type === 'ERROR';

/** The message in a frame; undefined for other frames, by which API Gateway tells of its own errors. */
export function parseSocketMessage(frame: string): SocketMessage | SocketReply | undefined {
  const message = JSON.parse(frame) as Partial<SocketMessage | SocketReply>;
  return message.type === undefined ? undefined : (message as SocketMessage | SocketReply);
}
