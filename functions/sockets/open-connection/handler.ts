import { connections, now } from '../../../lib/lambda/dependencies.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type Handshake, type SocketRequest, serveSocket } from '../../../lib/lambda/sockets/serve-socket.ts';
import { SUBPROTOCOL } from '../../../lib/lambda/sockets/socket-token.ts';
import { route } from './route.ts';

type Deps = Needs<{ connections: 'add' }, 'now'>;

export async function handle(
  { connectionId: id, caller, until, offered }: SocketRequest,
  { connections, now }: Deps,
): Promise<Handshake> {
  const offers = offered.length > 0;
  if (offers && !offered.includes(SUBPROTOCOL)) return { statusCode: 400 };
  await connections.add({ id, caller, until, connectedAt: now().toISOString() });
  return { statusCode: 200, headers: offers ? { 'Sec-WebSocket-Protocol': SUBPROTOCOL } : {} };
}

export const handler = serveSocket(route, handle, { connections, now });
