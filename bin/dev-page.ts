import { join } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import { freePort } from '../lib/local/free-port.ts';

/** Vite's server for the page, without a port of its own but for its messages: the stack hands it the page's requests. */
export const createPageServer = async (): Promise<ViteDevServer> =>
  createServer({
    configFile: join(import.meta.dirname, '..', 'web', 'vite.config.ts'),
    logLevel: 'warn',
    server: { middlewareMode: true, hmr: { port: await freePort(), host: '127.0.0.1' } },
    appType: 'spa',
  });
