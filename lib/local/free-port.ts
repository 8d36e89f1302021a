import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of loopback on which nobody listens, for a program that has to be told its own. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('there is no free port');
}
