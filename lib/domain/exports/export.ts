import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Id, PatientId, Timestamp } from '../identifiers.ts';
import type { Limits } from '../limits/limits.ts';

/**
 * `waiting`: asked for. `running`: its archive is being written. `ready`: the archive is there. `failed`: it could not
 * be written; whoever asks again begins anew.
 */
export const ExportStatus = z.enum(['waiting', 'running', 'ready', 'failed']).meta({ examples: ['ready'] });

/** An archive of images that is made behind the scenes, and lives for a day. */
export const Export = z.object({
  /** Made of what is in it, so that the same selection is the same export. */
  id: Id,
  /** This one making of it: an export that is asked for again after its end is another run. */
  run: Id,
  patientId: PatientId,
  /** The person who asked for it first. */
  requestedBy: z.string().default(''),
  batchId: Id,
  fileName: z.string(),
  status: ExportStatus,
  /** Of the archive. */
  bytes: z.int(),
  bytesDone: z.int(),
  /** Of the multipart upload that is under way. */
  uploadId: z.string().optional(),
  createdAt: Timestamp,
  /** Seconds since 1970. */
  expiresAt: z.int(),
});
export type Export = z.infer<typeof Export>;

/**
 * Refuses one more export to who waits for as many as one person may.
 *
 * @throws DomainError TOO_MANY_REQUESTS
 */
export function requireExportRoom(unfinished: number, { unfinishedExports }: Limits): void {
  if (unfinished < unfinishedExports) return;
  throw new DomainError('TOO_MANY_REQUESTS', 'Too many exports at once; wait until one of yours is ready.', {
    details: [`${unfinished} of your exports are not ready yet; at most ${unfinishedExports} may be`],
    headers: { 'retry-after': '30' },
  });
}
