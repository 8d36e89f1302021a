import * as z from 'zod';
import { Id, PatientId, Subject, Text, Timestamp } from '../identifiers.ts';

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
  createdAt: Timestamp,
  updatedAt: Timestamp,
  deletedAt: Timestamp.optional(),
  deletedBy: Subject.optional(),
});
export type Batch = z.infer<typeof Batch>;

/** A deleted batch. `expiresAt`: when it is erased; seconds since 1970. */
export const DeletedBatch = Batch.extend({ deletedAt: Timestamp, expiresAt: z.int() });
export type DeletedBatch = z.infer<typeof DeletedBatch>;
