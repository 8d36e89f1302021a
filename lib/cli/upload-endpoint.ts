import type { FoundFile } from './find-files.ts';

/** A file to upload. */
export interface Candidate extends FoundFile {
  mimeType: string;
}

/** Where a file's bytes are sent. */
export interface Target {
  /** The service's id of the upload. */
  id: string;
  url: string;
  headers: Record<string, string>;
}

/** The outcome of a file. */
export interface Outcome {
  status: 'pending' | 'stored' | 'refused';
  reason?: string | undefined;
}

/** The outcome that the status of an image or of a DICOM upload means. */
export const outcomeOf = (status: string): Outcome['status'] => {
  if (status === 'ready' || status === 'stored') return 'stored';
  return status === 'pending' || status === 'scanning' ? 'pending' : 'refused';
};

/** An upload endpoint of the service: for DICOM files, or for the images of a batch. */
export interface UploadEndpoint {
  /** Returns the media type of a file by its first bytes, or why this endpoint does not accept it. */
  detectType(head: Buffer): { mimeType: string } | { reason: string };
  /** Requests an upload target for each file, in order; at most as many files as one request may have. */
  requestTargets(files: readonly (Candidate & { crc32: string })[]): Promise<Target[]>;
  /** Returns the outcomes of those uploads that the service still knows. */
  outcomes(ids: readonly string[]): Promise<Map<string, Outcome>>;
  /** Whether the bytes of a pending upload are in the store; false if a second upload would store nothing twice. */
  hasArrived(id: string): Promise<boolean>;
}
