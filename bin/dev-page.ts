import { join } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import { freePort } from '../lib/local/free-port.ts';

/** Vite's development server for the page. The stack passes it the requests for the page; only its messages have a port. */
export const createPageServer = async (): Promise<ViteDevServer> =>
  createServer({
    configFile: join(import.meta.dirname, '..', 'web', 'vite.config.ts'),
    logLevel: 'warn',
    server: { middlewareMode: true, hmr: { port: await freePort(), host: '127.0.0.1' } },
    appType: 'spa',
  });
