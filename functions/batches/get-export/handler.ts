import { toExportProgress } from '../../../lib/api/views/export.ts';
import { Batches } from '../../../lib/data/batches.ts';
import { Exports } from '../../../lib/data/exports.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import type { Limits } from '../../../lib/domain/limits/limits.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { archiveKey } from '../../../lib/storage/object-keys.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { operation } from './operation.ts';

interface Deps {
  exports: Pick<Exports, 'get'>;
  batches: Pick<Batches, 'get'>;
  urls: Pick<SignedUrls, 'download'>;
  limits: Limits;
  now: () => Date;
}

export async function handle({ caller, params }: Request<typeof operation>, deps: Deps) {
  const found = requireVisible(caller, await deps.exports.get(params.id, deps.now()), 'export');
  // What was deleted since is to be had no longer, though its copy lies in the archive until that is erased.
  if (!(await deps.batches.get(found.batchId))) requireVisible(caller, undefined, 'export');
  const answer = toExportProgress(found);
  if (found.status !== 'ready') return answer;
  const archive = {
    key: archiveKey(found),
    contentType: 'application/zip',
    contentDisposition: contentDisposition('attachment', found.fileName),
  };
  const { url } = await deps.urls.download(archive, deps.limits.downloadUrlSeconds, deps.now());
  return { ...answer, url };
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    exports: new Exports(table),
    batches: new Batches(table),
    urls: new SignedUrls(environment.bucketName),
    limits: environment.limits,
    now: () => new Date(),
  };
});
