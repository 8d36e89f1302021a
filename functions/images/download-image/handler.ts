import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connect, originalFor } from '../../pac/original.ts';
import { operation } from './operation.ts';

export const handle = originalFor({
  show: 'attachment',
  caching: { 'cache-control': 'private, no-cache' },
});

export const handler = serveStream(operation, handle, connect);
