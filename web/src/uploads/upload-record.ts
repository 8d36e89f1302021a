import type { EyeSide } from '../api/types.ts';

/** Where a file goes. */
export type UploadTarget =
  | { kind: 'batch'; id: string }
  | { kind: 'case'; id: string; patientId?: string; eyeSide: EyeSide; capturedAt?: string };

/** A file on its way, as it outlives a reload of the page. */
export interface UploadRecord {
  id: string;
  /** Who sends it: nobody else at this computer does. */
  subject: string;
  /** The page that sends it; one that is gone leaves it to the next. */
  owner: string;
  target: UploadTarget;
  file: Blob;
  name: string;
  type: string;
  crc32?: string;
  signed?: Signed;
}

/** Leave to put the bytes in their place, once. */
export interface Signed {
  imageId: string;
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
}

/** How far a file is, for people. */
export interface UploadItem {
  id: string;
  target: UploadTarget;
  name: string;
  bytes: number;
  sent: number;
  state: 'waiting' | 'sending' | 'stored' | 'refused' | 'failed';
  /** Why it was refused, or failed. */
  reason?: string;
}
