import * as z from 'zod';
import { PatientId } from '../domain/identifiers.ts';

/**
 * What a WebSocket client says to receive only what it shows. Without `patient`, it receives all that its person may see again;
 * null: it shows nothing of any patient.
 */
export const ShowRequest = z.strictObject({
  action: z.literal('show'),
  patient: PatientId.nullable().optional(),
});
export type ShowRequest = z.infer<typeof ShowRequest>;

/** The service's answer to a message of a WebSocket client. `ERROR` has the fields of an error of the HTTP API. */
export const SocketReply = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('SHOWN'), patient: PatientId.nullable().optional() }),
  z.strictObject({
    type: z.literal('ERROR'),
    statusCode: z.int(),
    message: z.string(),
    error: z.string(),
    details: z.array(z.string()),
  }),
]);
export type SocketReply = z.infer<typeof SocketReply>;
