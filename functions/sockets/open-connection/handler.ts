import { Connections } from '../../../lib/data/connections.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type Handshake, type SocketRequest, serveSocket } from '../../../lib/lambda/sockets/serve-socket.ts';
import { SUBPROTOCOL } from '../../../lib/lambda/sockets/socket-token.ts';
import { route } from './route.ts';

interface Deps {
  connections: Pick<Connections, 'add'>;
  now: () => Date;
}

export async function handle(
  { connectionId: id, caller, until, offered }: SocketRequest,
  { connections, now }: Deps,
): Promise<Handshake> {
  const offers = offered.length > 0;
  if (offers && !offered.includes(SUBPROTOCOL)) return { statusCode: 400 };
  await connections.add({ id, caller, until, connectedAt: now().toISOString() });
  return { statusCode: 200, headers: offers ? { 'Sec-WebSocket-Protocol': SUBPROTOCOL } : {} };
}

export const handler = serveSocket(route, handle, () => ({
  connections: new Connections(connectTable(environment.connectionsTableName)),
  now: () => new Date(),
}));
