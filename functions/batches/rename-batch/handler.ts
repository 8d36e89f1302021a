import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { requireMayRename } from '../../../lib/domain/batches/batch.ts';
import { batches, now } from '../../../lib/lambda/dependencies.ts';
import { changeIfMatch } from '../../../lib/lambda/http/entity-tag.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'get' | 'rename' }, 'now'>;

export async function handle({ caller, params, body, headers }: Request<typeof operation>, deps: Deps) {
  const { batches, now } = deps;
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  requireMayRename(caller, batch);
  const renamed = await changeIfMatch(operation, headers, toPatientBatch(batch), (options) =>
    batches.rename(batch, body.name, now(), options),
  );
  return toPatientBatch(requireVisible(caller, renamed, 'batch'));
}

export const handler = serve(operation, handle, { batches, now });
