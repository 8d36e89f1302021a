import type { FoundFile } from './find-files.ts';

/** A file that is to go in. */
export interface Candidate extends FoundFile {
  mimeType: string;
}

/** Where a file's bytes go. */
export interface Target {
  /** By which the service knows what becomes of them. */
  id: string;
  url: string;
  headers: Record<string, string>;
}

/** What became of a file. */
export interface Outcome {
  status: 'pending' | 'stored' | 'refused';
  reason?: string | undefined;
}

/** An upload endpoint of the service: for DICOM files, or for the images of a batch. */
export interface UploadEndpoint {
  /** The media type of a file by its first bytes, or why this endpoint does not take it. */
  detectType(head: Buffer): { mimeType: string } | { reason: string };
  /** Requests an upload target for each file, in order; at most as many files as one request may have. */
  requestTargets(files: readonly (Candidate & { crc32: string })[]): Promise<Target[]>;
  /** What became of those that the service still knows. */
  outcomes(ids: readonly string[]): Promise<Map<string, Outcome>>;
  /** Whether the bytes of one that is pending are in the store; false where to send it again stores nothing twice. */
  hasArrived(id: string): Promise<boolean>;
}
