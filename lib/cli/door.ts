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

/** A way into the service: for DICOM files, or for the photographs of a batch. */
export interface Door {
  /** The media type of a file by its first bytes, or why it is not for this door. */
  look(head: Buffer): { mimeType: string } | { reason: string };
  /** Announces no more files than the service takes at once; a target for each, in their order. */
  announce(files: readonly (Candidate & { crc32: string })[]): Promise<Target[]>;
  /** What became of those that the service still knows. */
  outcomes(ids: readonly string[]): Promise<Map<string, Outcome>>;
  /** Whether the bytes of one that is pending are in the store; false where to send it again stores nothing twice. */
  hasArrived(id: string): Promise<boolean>;
}
