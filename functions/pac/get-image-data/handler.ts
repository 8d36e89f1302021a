import { isCopyWanted } from '../../../lib/domain/copy.ts';
import { environment } from '../../../lib/http/environment.ts';
import { pacing } from '../../../lib/http/limiting.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { ObjectWriter } from '../../../lib/storage/object-writer.ts';
import { type CopyDeps, copyFor } from '../copy.ts';
import { connect, originalFor } from '../original.ts';
import { operation } from './operation.ts';

const caching = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
};
const original = originalFor({ show: 'inline', caching });

export const handle = async (request: Request<typeof operation>, deps: CopyDeps) =>
  isCopyWanted(request.query) ? copyFor(request, caching, deps) : original(request, deps);

export const handler = serveStream(operation, handle, () => ({
  ...connect(),
  copies: new ObjectWriter(environment.bucketName),
  pace: pacing({ ...operation, rate: 'metadata' }),
}));
