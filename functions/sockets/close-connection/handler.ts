import { Connections } from '../../../lib/data/connections.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type SocketRequest, serveSocket } from '../../../lib/lambda/sockets/serve-socket.ts';
import { route } from './route.ts';

interface Deps {
  connections: Pick<Connections, 'remove'>;
}

export async function handle({ connectionId }: SocketRequest, { connections }: Deps) {
  await connections.remove(connectionId);
  return { statusCode: 200 };
}

export const handler = serveSocket(route, handle, () => ({
  connections: new Connections(connectTable(environment.connectionsTableName)),
}));
