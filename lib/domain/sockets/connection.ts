import * as z from 'zod';
import { Caller } from '../access/caller.ts';
import { Timestamp } from '../identifiers.ts';

/** A socket that someone listens at. */
export const Connection = z.object({
  /** API Gateway's own; no UUID. */
  id: z.string().min(1).max(128),
  /** Who listens: decides at each delivery what they may know of. */
  caller: Caller,
  connectedAt: Timestamp,
  /** When their token ends, and with it the connection; seconds since 1970. */
  until: z.int(),
});
export type Connection = z.infer<typeof Connection>;

/** API Gateway gives a handshake up at its integration timeout (API Gateway quotas, WebSocket APIs: 29 s). */
const HANDSHAKE_MS = 30_000;

export const isValid = ({ until }: Connection, now: Date): boolean => until * 1000 > now.getTime();

/** Whether its handshake is surely over: until then, API Gateway says "gone" of a connection that is about to be. */
export const isSettled = ({ connectedAt }: Connection, now: Date): boolean =>
  now.getTime() - Date.parse(connectedAt) > HANDSHAKE_MS;
