import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connect, originalFor } from '../original.ts';
import { operation } from './operation.ts';

export const handle = originalFor({
  show: 'inline',
  caching: {
    'cache-control': 'no-cache, no-store, must-revalidate',
    pragma: 'no-cache',
    expires: '0',
  },
});

export const handler = serveStream(operation, handle, connect);
