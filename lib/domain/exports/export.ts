import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Id, PatientId, Timestamp } from '../identifiers.ts';
import type { Limits } from '../limits/limits.ts';

/**
 * `waiting`: requested. `running`: its archive is being written. `ready`: the archive exists. `failed`: it could not be
 * written; a new request starts it again.
 */
export const ExportStatus = z.enum(['waiting', 'running', 'ready', 'failed']).meta({ examples: ['ready'] });

/** An archive of images that is created in the background and expires after a day. */
export const Export = z.object({
  /** Derived from the selection, so that the same selection is the same export. */
  id: Id,
  /** Identifies one run: if an export is requested again after it ended, that is another run. */
  run: Id,
  patientId: PatientId,
  /** The person who requested it first. */
  requestedBy: z.string().default(''),
  batchId: Id,
  fileName: z.string(),
  status: ExportStatus,
  /** Size of the archive. */
  bytes: z.int(),
  bytesDone: z.int(),
  /** The id of the multipart upload in progress. */
  uploadId: z.string().optional(),
  createdAt: Timestamp,
  /** Seconds since 1970. */
  expiresAt: z.int(),
});
export type Export = z.infer<typeof Export>;

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
