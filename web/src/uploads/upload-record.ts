import type { EyeSide } from '../api/types.ts';
import type { UploadState } from './upload-rows.ts';

/** What the page says of a target on screens that do not show it. */
interface Described {
  patientId?: string;
  /** Its name. */
  title?: string;
}

/** The target of an upload. DICOM files say themselves whose they are; `id` is the page on which they were chosen. */
export type UploadTarget =
  | ({ kind: 'batch'; id: string; eyeSide?: EyeSide } & Described)
  | ({ kind: 'case'; id: string; eyeSide: EyeSide; capturedAt?: string } & Described)
  | ({ kind: 'dicom'; id: string } & Described);

/** A batch or a case, into which images are uploaded. */
export type ImageTarget = Exclude<UploadTarget, { kind: 'dicom' }>;

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
  /** Whether the bytes of a DICOM file have arrived: what became of them is still to be asked. */
  isSent?: boolean;
}

/** A presigned upload of one file. */
export interface UploadGrant {
  /** Of a DICOM file: the id of its upload. */
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
  /** The image, once the service knows it. */
  imageId?: string | undefined;
  /** When its bytes were stored; milliseconds since 1970. */
  storedAt?: number | undefined;
  /** Whether it has left the list of uploads, and keeps only its place among the images. */
  isCleared?: boolean | undefined;
  /** Why the upload was refused or failed. */
  reason?: string | undefined;
}
