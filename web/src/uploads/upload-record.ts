import type { EyeSide } from '../api/types.ts';

/** Where a file goes. */
export type UploadTarget =
  | { kind: 'batch'; id: string }
  | { kind: 'case'; id: string; patientId?: string; eyeSide: EyeSide; capturedAt?: string };

/** A file on its way, as it outlives a reload of the page; its bytes are kept beside it, and once. */
export interface UploadRecord {
  id: string;
  /** Who sends it: nobody else at this computer does. */
  subject: string;
  /** The page that sends it; one that is gone leaves it to the next. */
  owner: string;
  target: UploadTarget;
  /** When it was given, in milliseconds since 1970, one after another: the first goes first, after a reload too. */
  order: number;
  name: string;
  type: string;
  bytes: number;
  crc32?: string | undefined;
  grant?: UploadGrant | undefined;
  /** How many upload grants expired unused. */
  attempts: number;
}

/** A presigned upload of one file. */
export interface UploadGrant {
  imageId: string;
  url: string;
  headers: Record<string, string>;
  /** By this computer's own clock, which may be wrong; milliseconds since 1970. */
  endsAt: number;
  /** Whether bytes were sent by it, so that they may have arrived. */
  wasTried: boolean;
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
  reason?: string | undefined;
}
