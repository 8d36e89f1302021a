import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Listens on both loopbacks, since a browser may take `localhost` for either; gives the port. Each server is told to
 * `opened` at once, so that it can be closed where the next one fails.
 */
export async function listenOnLoopback<S extends Server>(
  wantedPort: number,
  makeServer: () => S,
  opened: (server: S) => void,
): Promise<number> {
  let port = wantedPort;
  for (const address of ['127.0.0.1', '::1']) {
    const server = makeServer();
    try {
      server.listen(port, address);
      await once(server, 'listening');
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      // Many containers have no IPv6.
      if (address === '::1' && code !== 'EADDRINUSE') continue;
      throw new StartError(`Port ${port} ${reasonOf(code, cause)}.`, { cause });
    }
    opened(server);
    const bound = server.address();
    if (typeof bound === 'object' && bound) port = bound.port;
  }
  return port;
}

function reasonOf(code: unknown, cause: unknown): string {
  if (code === 'EADDRINUSE') return 'is taken: stop what uses it, or choose another with --port';
  if (code === 'EACCES') return 'is reserved for root: choose one above 1023 with --port';
  return `cannot be used: ${cause}`;
}

/** Throws a StartError where the port is not free. */
export async function requireFreePort(port: number): Promise<void> {
  const servers: Server[] = [];
  try {
    await listenOnLoopback(port, createServer, (server) => servers.push(server));
  } finally {
    await Promise.all(servers.map((server) => once(server.close(), 'close')));
  }
}
