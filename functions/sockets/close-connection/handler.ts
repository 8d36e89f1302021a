import { connections } from '../../../lib/lambda/dependencies.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type SocketRequest, serveSocket } from '../../../lib/lambda/sockets/serve-socket.ts';
import { route } from './route.ts';

type Deps = Needs<{ connections: 'remove' }>;

export async function handle({ connectionId }: SocketRequest, { connections }: Deps) {
  await connections.remove(connectionId);
  return { statusCode: 200 };
}

export const handler = serveSocket(route, handle, { connections });
