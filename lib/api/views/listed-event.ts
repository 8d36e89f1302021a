import * as z from 'zod';
import { AuditEvent, Outcome } from '../../domain/audit/audit-event.ts';
import { EXAMPLE_ID, Id, Subject, Timestamp } from '../../domain/identifiers.ts';

/** An audit event in a list. */
export const ListedEvent = z.strictObject({
  id: Id,
  at: Timestamp,
  who: Subject.nullable(),
  name: z
    .string()
    .nullable()
    .describe('The name of the person or of the API key at that time.')
    .meta({ examples: ['Dana Doctor'] }),
  role: AuditEvent.shape.role.meta({ examples: ['doctor'] }),
  action: z.string().meta({ examples: ['get-image-data'] }),
  method: z.string().meta({ examples: ['GET'] }),
  path: z.string().meta({ examples: [`/api/images/${EXAMPLE_ID}/data`] }),
  patient_ids: z.array(z.string()).meta({ examples: [['P-1001']] }),
  things: z.array(z.string()).meta({ examples: [[`image ${EXAMPLE_ID}`]] }),
  about: z
    .string()
    .nullable()
    .describe('What people call these things; null if they have no names, or too many.')
    .meta({ examples: ['CT thorax'] }),
  status: z.int().meta({ examples: [200] }),
  outcome: Outcome,
  request_id: z.string().nullable(),
  address: z
    .string()
    .nullable()
    .meta({ examples: ['192.0.2.7'] }),
  reason: z
    .string()
    .optional()
    .meta({ examples: ['Uploaded to the wrong patient'] }),
  has_reads: z
    .boolean()
    .describe('One event for all reads of a series by one person in one minute; the event itself lists them.')
    .meta({ examples: [true] }),
});

/** Converts an audit event to its format in lists. */
export const toListedEvent = ({
  subject: who,
  patientIds: patient_ids,
  requestId: request_id,
  resources: things,
  isSeries,
  name,
  about,
  ...event
}: AuditEvent): z.infer<typeof ListedEvent> => ({
  ...event,
  who,
  name: name ?? null,
  about: about ?? null,
  patient_ids,
  things,
  request_id,
  has_reads: isSeries === true,
});
