import * as z from 'zod';
import { maySee } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { DomainError } from '../errors.ts';
import { Id, PatientId, Timestamp } from '../identifiers.ts';
import type { Limits } from '../limits/limits.ts';

/**
 * `waiting`: requested, or the copies of edited images are being made. `running`: its archives are being written. `ready`: all of them exist. `failed`: one could not be
 * written; a new request starts it again.
 */
export const ExportStatus = z.enum(['waiting', 'running', 'ready', 'failed']).meta({ examples: ['ready'] });
export type ExportStatus = z.infer<typeof ExportStatus>;

/** The reasons for a failure. */
export const NOT_WRITTEN = 'An archive could not be written; ask for the export again.';
export const NOT_DRAWN = 'An edited image could not be drawn; ask for the export of the originals.';
export const FILES_GONE =
  'Some of its files were deleted or given to another patient meanwhile; ask for the export again.';

/** One of the archives of an export, which one invocation writes. */
const ExportedArchive = z.object({
  status: ExportStatus,
  fileName: z.string(),
  /** How many files it contains: images, unless it is of everything of a patient. */
  images: z.int(),
  /** How many of them are copies of edited images, which are made before it is written. */
  copies: z.int().optional(),
  /** Its size; until its copies are made, the one that it would have with originals. */
  bytes: z.int(),
  bytesDone: z.int(),
  /** The id of the multipart upload in progress. */
  uploadId: z.string().optional(),
  /** Why it failed. */
  reason: z.string().optional(),
});
export type ExportedArchive = z.infer<typeof ExportedArchive>;

/** Archives that are created in the background and expire after a day. */
export const StoredExport = z.object({
  /** Derived from the selection, so that the same selection is the same export. */
  id: Id,
  /** Identifies one run: if an export is requested again after it ended, that is another run. */
  run: Id,
  patientId: PatientId,
  /** The person who requested it first. */
  requestedBy: z.string().default(''),
  /** The batch whose images it contains. Undefined: everything of the patient. */
  batchId: Id.optional(),
  /** Several if the images are more than one invocation can write. */
  archives: z.array(ExportedArchive).min(1),
  createdAt: Timestamp,
  /** Seconds since 1970. */
  expiresAt: z.int(),
});
export type StoredExport = z.infer<typeof StoredExport>;

/**
 * Whether the caller may see an export. That of everything of a patient is for the person who requested it: an admin's contains
 * who accessed the patient's data.
 */
export const maySeeExport = (
  caller: Caller,
  { patientId, batchId, requestedBy }: Pick<StoredExport, 'patientId' | 'batchId' | 'requestedBy'>,
): boolean => maySee(caller, patientId) && (batchId !== undefined || requestedBy === caller.subject);

const sumOf = (archives: readonly ExportedArchive[], name: 'bytes' | 'bytesDone') =>
  archives.reduce((sum, archive) => sum + archive[name], 0);

/**
 * An export with what follows from its archives. So the end of the last archive and that of the export are one write, however
 * many invocations end at the same time.
 */
export const Export = StoredExport.transform((stored) => ({
  ...stored,
  status: statusOf(stored.archives),
  bytes: sumOf(stored.archives, 'bytes'),
  bytesDone: sumOf(stored.archives, 'bytesDone'),
}));
export type Export = z.output<typeof Export>;

/** None of several archives is shown before all are ready. */
function statusOf(archives: readonly ExportedArchive[]): ExportStatus {
  const has = (...statuses: ExportStatus[]) => archives.some(({ status }) => statuses.includes(status));
  if (has('failed')) return 'failed';
  if (!has('waiting', 'running')) return 'ready';
  return has('running', 'ready') ? 'running' : 'waiting';
}

/**
 * Refuses a further archive if as many are made for the person as are allowed.
 *
 * @throws DomainError TOO_MANY_REQUESTS
 */
export function requireArchiveRoom(others: number, { archivesAtOnce }: Limits): void {
  if (others < archivesAtOnce) return;
  throw new DomainError('TOO_MANY_REQUESTS', 'Too many archives at once; wait until one of yours is ready.', {
    details: [`${others} of your archives are being made; at most ${archivesAtOnce} may be`],
    headers: { 'retry-after': '30' },
  });
}
