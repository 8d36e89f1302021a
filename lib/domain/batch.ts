import * as z from 'zod';
import { Id, PatientId, Timestamp } from './identifiers.ts';

/** A named set of pictures of one patient, usually one visit. */
export const Batch = z.object({
  id: Id,
  patientId: PatientId,
  name: z.string().min(1).max(255),
  /** Its `ready` images: changed only in the transaction that changes one of them. */
  imageCount: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Batch = z.infer<typeof Batch>;
