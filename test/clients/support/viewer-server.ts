import { afterAll, beforeAll } from 'vitest';
import { type Served, serveFiles } from './serve-files.ts';

/** A web server of another origin, while the tests of a file run. */
export function useViewerServer(served: () => Served) {
  let server: Awaited<ReturnType<typeof serveFiles>>;
  beforeAll(async () => {
    server = await serveFiles(served);
  });
  afterAll(() => server.close());
  return { origin: () => server.origin };
}
