import { toExportProgress } from '../../../lib/api/views/export.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { maySeeExport } from '../../../lib/domain/exports/export.ts';
import { batches, exports, keys, limits, now, urls } from '../../../lib/lambda/dependencies.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { archiveKey } from '../../../lib/storage/object-keys.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ exports: 'get'; batches: 'get'; urls: 'download' }, 'limits' | 'now'>;

export async function handle({ caller, params }: Request<typeof operation>, deps: Deps) {
  const stored = await deps.exports.get(params.id, deps.now());
  const found = requireVisible(caller, stored && maySeeExport(caller, stored) ? stored : undefined, 'export');
  // Images deleted since then must not be served, although the archive contains them until it is deleted.
  const { batchId } = found;
  if (batchId && !(await deps.batches.get(batchId))) requireVisible(caller, undefined, 'export');
  const answer = toExportProgress(found);
  if (found.status !== 'ready') return answer;
  const archives = await Promise.all(
    found.archives.map(async ({ fileName, images, bytes }, index) => {
      const archive = {
        key: archiveKey(found, index),
        contentType: 'application/zip',
        contentDisposition: contentDisposition('attachment', fileName),
      };
      const { url } = await deps.urls.download(archive, deps.limits.downloadUrlSeconds, deps.now());
      return { file_name: fileName, images, bytes, url };
    }),
  );
  const [only, ...others] = archives;
  return { ...answer, archives, ...(only && others.length === 0 && { url: only.url }) };
}

export const handler = serve(operation, handle, { keys, exports, batches, urls, limits, now });
