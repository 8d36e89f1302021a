import * as z from 'zod';
import type { SocketRoute } from '../api/socket-route.ts';
import { Caller } from '../domain/caller.ts';
import { logger } from './answer.ts';
import { offeredBy } from './socket-token.ts';

/** What API Gateway tells of a socket that opens or closes, as far as it counts here. */
const Event = z.object({
  headers: z.record(z.string(), z.string()).nullish(),
  requestContext: z.object({
    connectionId: z.string().min(1),
    authorizer: z.object({ caller: z.string(), expiresAt: z.coerce.number() }).optional(),
  }),
});

/** A socket that opens or closes. */
export interface SocketRequest {
  connectionId: string;
  /** Who listens, and how long the authorizer vouches for them, in seconds since 1970. */
  person?: { caller: Caller; until: number } | undefined;
  /** The subprotocols that the client offers. */
  offered: string[];
}

/** What is answered to a handshake; a status of 400 or more refuses it. */
export interface Handshake {
  statusCode: number;
  headers?: Record<string, string>;
}

/** The Lambda of a route of the sockets. */
export function serveSocket<Deps>(
  route: SocketRoute,
  handle: (request: SocketRequest, deps: Deps) => Promise<Handshake>,
  connect: () => Deps,
) {
  let deps: Deps | undefined;
  return async (event: unknown): Promise<Handshake> => {
    deps ??= connect();
    const { headers, requestContext } = Event.parse(event);
    const { connectionId, authorizer } = requestContext;
    const person = authorizer && {
      caller: Caller.parse(JSON.parse(authorizer.caller)),
      until: authorizer.expiresAt,
    };
    const answer = await handle({ connectionId, person, offered: offeredBy(headers) }, deps);
    logger.info('socket', { route: route.id, connectionId, statusCode: answer.statusCode });
    return answer;
  };
}
