import * as z from 'zod';
import { Caller } from '../access/caller.ts';
import { PatientId, Timestamp } from '../identifiers.ts';

/** An open WebSocket connection of a caller. */
export const Connection = z.object({
  /** API Gateway's connection id; not a UUID. */
  id: z.string().min(1).max(128),
  /** The authenticated caller. At each delivery it decides which messages the connection may receive. */
  caller: Caller,
  connectedAt: Timestamp,
  /**
   * The patient whose images the client shows; null if it shows none. Without it, the client has not said what it shows, and
   * receives all that its caller may see.
   */
  shows: PatientId.nullable().optional(),
  /** When the caller's token expires, and with it the connection; seconds since 1970. */
  until: z.int(),
});
export type Connection = z.infer<typeof Connection>;

/** API Gateway aborts a handshake at its integration timeout (API Gateway quotas, WebSocket APIs: 29 s). */
const HANDSHAKE_MS = 30_000;

export const isValid = ({ until }: Connection, now: Date): boolean => until * 1000 > now.getTime();

/**
 * Whether the handshake is certainly over. Until then, API Gateway responds "gone" for a connection that is still being
 * opened.
 */
export const isSettled = ({ connectedAt }: Connection, now: Date): boolean =>
  now.getTime() - Date.parse(connectedAt) > HANDSHAKE_MS;
