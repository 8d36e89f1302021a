import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that the server received. */
export interface Delivery {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingMessage['headers'];
  sha256: string;
}

/** An HTTP server that replaces an Orthanc. The test decides its responses. */
export async function startPacs() {
  const deliveries: Delivery[] = [];
  const pacs = {
    deliveries,
    url: '',
    answer: (response: ServerResponse, _count: number): unknown =>
      response.end(JSON.stringify({ ID: 'x', Status: 'Success' })),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer(async (request, response) => {
    const hash = createHash('sha256');
    try {
      for await (const chunk of request) hash.update(chunk);
    } catch {
      return; // It has broken off.
    }
    const { method, url: path, headers } = request;
    deliveries.push({ method, path, headers, sha256: hash.digest('hex') });
    pacs.answer(response, deliveries.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  pacs.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return pacs;
}
