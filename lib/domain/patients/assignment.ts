import * as z from 'zod';
import { PatientId, Subject, Timestamp } from '../identifiers.ts';
import { Reason } from '../reason.ts';

/** The last assignment of a resource to a patient: who did it, when, why, and whose it was before. */
export const Assignment = z.object({
  by: Subject,
  at: Timestamp,
  from: PatientId.nullable(),
  reason: Reason.optional(),
});
export type Assignment = z.infer<typeof Assignment>;
