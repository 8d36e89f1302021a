import * as z from 'zod';
import { Role } from '../access/caller.ts';
import { Id, Timestamp } from '../identifiers.ts';

/**
 * How a request ended. `opened`: it began, and its end is not in the log: it still runs, or its function died, or the
 * end could not be written. `unknown`: some time later, its end was still missing.
 */
export const Outcome = z.enum(['opened', 'success', 'denied', 'refused', 'failed', 'aborted', 'unknown']);
export type Outcome = z.infer<typeof Outcome>;

/** One access to patient data, or one decision of the pipeline about an image: who did what, with what outcome. */
export const AuditEvent = z.object({
  /** Version 7, so that events sort by time. */
  id: Id,
  at: Timestamp,
  /** Null if nobody signed in: a caller with a link is known by the link alone. */
  subject: z.string().nullable(),
  /** The name of the person or of the key at that time, if the token or the key has one. */
  name: z.string().optional(),
  role: Role.or(z.enum(['link', 'system'])).nullable(),
  /** The id of the operation or of the trigger. */
  action: z.string(),
  method: z.string(),
  path: z.string(),
  patientIds: z.array(z.string()),
  /** The resources it was about, as `image <id>`. */
  resources: z.array(z.string()),
  /** What people call these resources, such as `CT thorax`; absent if there are many. */
  about: z.string().optional(),
  /** The HTTP status; 0 if no response was sent. */
  status: z.int(),
  outcome: Outcome,
  /** Null if an event caused it, not a request. */
  requestId: z.string().nullable(),
  address: z.string().nullable(),
  /** Why the person did it, if they said so; of refused credentials, why they were refused. */
  reason: z.string().optional(),
  /** One event for all reads of a series by one person in one minute. What was read are items of their own. */
  isSeries: z.literal(true).optional(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** A read of one instance of a series. */
export interface SeriesRead {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  /** The numbers of the frames, as `1,2`; empty for the instance itself or a picture of it. */
  frames: string;
}

/** What an event of a series covers: one read of its minute. */
export const CoveredRead = z.object({
  /** The id of the event. */
  id: Id,
  at: Timestamp,
  /** As `instance <SOP Instance UID>`, with the frames if some were requested. */
  resources: z.array(z.string()),
});
export type CoveredRead = z.infer<typeof CoveredRead>;

/** Maps an HTTP status to an outcome. 404 counts as denied: the resource may exist but be hidden from the caller. */
export function outcomeOf(status: number): Outcome {
  if (status < 400) return 'success';
  if (status >= 500) return 'failed';
  return [401, 403, 404].includes(status) ? 'denied' : 'refused';
}
