import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connect, originalFor } from '../../pac/original.ts';
import { operation } from './operation.ts';

export const handle = originalFor({
  show: 'inline',
  // In the browser of who may see it, and nowhere between.
  caching: { 'cache-control': 'private, max-age=3600' },
});

export const handler = serveStream(operation, handle, connect);
