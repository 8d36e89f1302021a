import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { metricsText, type Status, statusPage } from './status.ts';

/** The resources, by path: their media type and their text. */
const RESOURCES: Record<string, [type: string, text: (status: Status) => string]> = {
  '/': ['text/html; charset=utf-8', statusPage],
  '/status': ['application/json', (status) => JSON.stringify(status)],
  '/metrics': ['text/plain; version=0.0.4; charset=utf-8', (status) => metricsText(status, new Date())],
};

/** Serves the status on loopback: `/` for people, `/status` as JSON, `/metrics` for Prometheus. */
export async function serveStatus(port: number, readStatus: () => Promise<Status>): Promise<Server> {
  const server = createServer(async ({ method, url = '' }, response) => {
    const [type, text] = RESOURCES[url.split('?')[0] ?? ''] ?? [];
    if (!type || !text || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(type ? 405 : 404).end();
      return;
    }
    try {
      const body = text(await readStatus());
      // No script, and nothing from elsewhere.
      const policy = "default-src 'none'; style-src 'unsafe-inline'";
      response.writeHead(200, {
        'content-type': type,
        'content-security-policy': policy,
        'cache-control': 'no-store',
      });
      response.end(body);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
