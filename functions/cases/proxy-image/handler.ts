import { KEPT_BY_BROWSERS } from '../../../lib/http/kept-by-browsers.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { connect, originalFor } from '../../pac/original.ts';
import { operation } from './operation.ts';

export const handle = originalFor({ show: 'inline', caching: KEPT_BY_BROWSERS });

export const handler = serveStream(operation, handle, connect);
