import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Files whose names have a hash of what is in them. */
const HASHED = /[/.][0-9a-f]{16}\./;

/** What another origin serves: files by their paths, and folders whose files are at the top. */
export interface Served {
  files?: Record<string, string>;
  folder?: string;
  /** Whether an unknown path gets `index.html`, as an application of one page needs it. */
  onePage?: boolean;
  /** The server that answers everything below a path, with that path. */
  forward?: { path: string; to: string };
}

const agent = new Agent({ keepAlive: true });

function forwarded(request: IncomingMessage, response: ServerResponse, to: string) {
  const { method = 'GET', headers, url } = request;
  const onward = httpRequest(`${to}${url}`, { method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', (error) => response.destroy(error));
  request.pipe(onward);
}

/** Starts a web server of another origin, on a free port of loopback. */
export async function serveFiles(served: () => Served) {
  const server = createServer((request, response) => {
    const { files = {}, folder, onePage, forward } = served();
    if (forward && request.url?.startsWith(forward.path)) return forwarded(request, response, forward.to);
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://viewer').pathname));
    const find = (name: string) => {
      const file = folder && join(folder, name);
      if (files[name] !== undefined) return files[name];
      return file && existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
    };
    const exact = find(path);
    const body = exact ?? (onePage && !extname(path) ? find('/index.html') : undefined);
    const type = exact === undefined ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream');
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    const headers = {
      'content-type': extname(path) ? type : 'text/html',
      // A browser keeps them, as behind the web server of a clinic.
      ...(HASHED.test(path) && { 'cache-control': 'public, max-age=31536000, immutable' }),
    };
    response.writeHead(200, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
