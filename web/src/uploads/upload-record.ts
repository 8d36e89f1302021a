import type { EyeSide } from '../api/types.ts';
import type { UploadState } from './upload-rows.ts';

/** The target of an upload. */
export type UploadTarget =
  | { kind: 'batch'; id: string }
  | { kind: 'case'; id: string; patientId?: string; eyeSide: EyeSide; capturedAt?: string };

/** The record of an upload, which survives a reload. Its bytes are stored separately, once. */
export interface UploadRecord {
  id: string;
  /** The subject of the user. Other users of this computer do not continue the upload. */
  subject: string;
  /** The page that uploads it. When it is closed, another page takes over. */
  owner: string;
  target: UploadTarget;
  /** When it was added, in milliseconds since 1970 and unique: the order of uploads, also after a reload. */
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
  /** By this computer's clock, which may be wrong; milliseconds since 1970. */
  endsAt: number;
  /** Whether bytes were sent with this grant, so that they may have arrived. */
  wasTried: boolean;
}

/** The state of a file, for users. */
export interface UploadItem {
  id: string;
  target: UploadTarget;
  name: string;
  bytes: number;
  sent: number;
  state: UploadState;
  /** Why the upload was refused or failed. */
  reason?: string | undefined;
}
