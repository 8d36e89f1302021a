import * as z from 'zod';
import type { Caller } from '../access/caller.ts';
import { Source } from '../access/source.ts';
import { DomainError } from '../errors.ts';
import { Id, PatientId, Subject, Text, Timestamp } from '../identifiers.ts';
import { Assignment } from '../patients/assignment.ts';

/** A named set of images of one patient, usually of one visit. */
export const Batch = z.object({
  id: Id,
  patientId: PatientId,
  name: Text.min(1)
    .max(255)
    .regex(/^(?!\s*$)[^\p{Cc}]+$/u, {
      error: 'must hold something to read, and no control characters',
    })
    .meta({ examples: ['6 Nov 2025'] }),
  /** The number of its `ready` images. It changes only in the transaction that changes one of these images. */
  imageCount: z.int().meta({ examples: [12] }),
  /** Who made it; undefined: the clinic. One that was moved to another patient is the clinic's. */
  source: Source.optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** The number of its images that are under a legal hold. While there is one, nobody can delete the batch. */
  heldImages: z.int().optional(),
  /** When its notes changed last; undefined if it never had one. */
  annotatedAt: Timestamp.optional(),
  /** Its last move to another patient. */
  assignment: Assignment.optional(),
  /** Since when its images are not yet what the batch is: deleted, restored or moved with it. */
  unsettledSince: Timestamp.optional(),
  deletedAt: Timestamp.optional(),
  deletedBy: Subject.optional(),
  /** Seconds since 1970 when the deleted batch is erased. */
  expiresAt: z.int().optional(),
});
export type Batch = z.infer<typeof Batch>;

/** A deleted batch. `expiresAt`: when it is erased; seconds since 1970. */
export const DeletedBatch = Batch.extend({ deletedAt: Timestamp, expiresAt: z.int() });
export type DeletedBatch = z.infer<typeof DeletedBatch>;

/**
 * Refuses patients who would rename a batch of the clinic, which finds it by its name. Call `requireVisible` first: otherwise the 403
 * reveals that the batch exists.
 *
 * @throws DomainError FORBIDDEN
 */
export function requireMayRename({ role }: Caller, { source }: Batch): void {
  if (role !== 'patient' || source === 'patient') return;
  throw new DomainError('FORBIDDEN', 'The clinic made this batch, and only the clinic may rename it.');
}

/** The error for a deletion or a move of a batch that failed, though the batch still exists. */
export const batchConflict = ({ heldImages = 0 }: Batch) =>
  heldImages > 0
    ? new DomainError('CONFLICT', 'Images of the batch are under a legal hold.', {
        details: [`${heldImages} of its images; an admin can release them`],
      })
    : new DomainError('CONFLICT', 'The batch was changed at the same time.', {
        details: ['please read it again'],
      });
