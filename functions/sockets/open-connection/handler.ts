import { connections, heldConnections, limits, now, sockets } from '../../../lib/lambda/dependencies.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  type SocketAnswer,
  type SocketRequest,
  serveSocket,
} from '../../../lib/lambda/sockets/serve-socket.ts';
import { SUBPROTOCOL } from '../../../lib/lambda/sockets/socket-token.ts';
import { route } from './route.ts';

type Deps = Needs<
  { connections: 'add' | 'remove'; heldConnections: 'add' | 'remove'; sockets: 'close' },
  'limits' | 'now'
>;

export async function handle(request: SocketRequest, deps: Deps): Promise<SocketAnswer> {
  const { connectionId: id, caller, until, offered } = request;
  const offers = offered.length > 0;
  if (offers && !offered.includes(SUBPROTOCOL)) return { statusCode: 400 };
  await deps.connections.add({ id, caller, until, connectedAt: deps.now().toISOString() });
  await closeSurplus(request, deps);
  return { statusCode: 200, headers: offers ? { 'Sec-WebSocket-Protocol': SUBPROTOCOL } : {} };
}

/**
 * Closes the person's oldest connections beyond the limit. It is not the new one that is refused: the page that was just
 * opened is the one that is looked at, and a connection that broke off without a word must not keep its owner out.
 */
async function closeSurplus({ connectionId, caller, until }: SocketRequest, deps: Deps) {
  const { subject } = caller;
  const { connections, heldConnections, sockets, limits, now } = deps;
  const held = await heldConnections.add(subject, connectionId, new Date(until * 1000), now());
  const surplus = held.slice(0, -limits.socketsAtOnce).map(({ id }) => id);
  const closed = await Promise.allSettled(
    surplus.map(async (id) => {
      await sockets.close(id);
      await connections.remove({ id, caller });
    }),
  );
  // One that could not be closed is still held, so that the next connection tries it again.
  const gone = surplus.filter((_id, index) => closed[index]?.status === 'fulfilled');
  await heldConnections.remove(subject, gone);
}

export const handler = serveSocket(route, handle, { connections, heldConnections, sockets, limits, now });
