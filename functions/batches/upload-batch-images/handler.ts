import { allCreated, withFailed } from '../../../lib/api/views/upload-result.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { requireFileCount } from '../../../lib/domain/uploads/upload.ts';
import { batches, creation, imageCreation, keys, objects } from '../../../lib/lambda/dependencies.ts';
import { PartialSuccess } from '../../../lib/lambda/http/serve.ts';
import { type FormRequest, serveForm } from '../../../lib/lambda/http/serve-form.ts';
import type { Creation, Needs } from '../../../lib/lambda/needs.ts';
import {
  checkFiles,
  type StoreDeps,
  storeFiles,
  toUploadResult,
} from '../../../lib/services/images/received-files.ts';
import { operation } from './operation.ts';

type Deps = StoreDeps & Needs<{ batches: 'get' }, Creation>;

export async function handle({ caller, params, body, files }: FormRequest<typeof operation>, deps: Deps) {
  const { batches, limits } = deps;
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  requireFileCount(files.length, limits);

  const now = deps.now();
  const owner = { batchId: batch.id, patientId: batch.patientId };
  const checked = checkFiles(files, body, deps).map((file) =>
    'reasons' in file
      ? file
      : {
          ...file,
          image: newImage({ ...file.given, ...owner, id: deps.newId() }, caller, now, deps.timeZone),
        },
  );
  const results = checked.map(toUploadResult);
  const allGood = allCreated(results);
  const good = checked.filter((file) => 'image' in file);
  const lost = await storeFiles(good, deps, storageQuotasOf(caller, limits));
  if (allGood && lost.size === 0) return { results };
  return new PartialSuccess({ results: withFailed(results, lost) });
}

const needs = { keys, batches, objects, ...imageCreation, ...creation };
export const handler = serveForm(operation, handle, needs);
