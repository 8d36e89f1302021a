import { connections, heldConnections } from '../../../lib/lambda/dependencies.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type SocketRequest, serveSocket } from '../../../lib/lambda/sockets/serve-socket.ts';
import { route } from './route.ts';

type Deps = Needs<{ connections: 'remove'; heldConnections: 'remove' }>;

export async function handle({ connectionId, caller }: SocketRequest, deps: Deps) {
  const { connections, heldConnections } = deps;
  await Promise.all([
    connections.remove({ id: connectionId, caller }),
    heldConnections.remove(caller.subject, [connectionId]),
  ]);
  return { statusCode: 200 };
}

export const handler = serveSocket(route, handle, { connections, heldConnections });
