import * as z from 'zod';
import { Role } from '../access/caller.ts';
import { Id, Timestamp } from '../identifiers.ts';

/** How a request ended, for whoever reads the log. */
export const Outcome = z.enum(['success', 'denied', 'refused', 'failed', 'aborted']);
export type Outcome = z.infer<typeof Outcome>;

/** One request on what is kept of patients, or one decision of ours about an image: who did what, with what outcome. */
export const AuditEvent = z.object({
  /** Version 7, so that events sort by time. */
  id: Id,
  at: Timestamp,
  /** Null where nobody signed in: whoever has a link is known by the link alone. */
  subject: z.string().nullable(),
  role: Role.or(z.enum(['link', 'system'])).nullable(),
  /** The operation's id, or the trigger's. */
  action: z.string(),
  method: z.string(),
  path: z.string(),
  patientIds: z.array(z.string()),
  /** What it was about, as `image <id>`. */
  resources: z.array(z.string()),
  /** The HTTP status; 0 where none was sent. */
  status: z.int(),
  outcome: Outcome,
  /** Null where an event, and no request, was the cause. */
  requestId: z.string().nullable(),
  address: z.string().nullable(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** What a status says of the outcome. Who is told "not found" may have asked for what is there, but not for them. */
export function outcomeOf(status: number): Outcome {
  if (status < 400) return 'success';
  if (status >= 500) return 'failed';
  return [401, 403, 404].includes(status) ? 'denied' : 'refused';
}
