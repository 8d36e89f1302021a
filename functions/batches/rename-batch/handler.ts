import { Batches } from '../../../lib/data/batches.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { toPatientBatch } from '../../../lib/domain/patient-batch.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get' | 'rename'>;
  now: () => Date;
}

export async function handle({ caller, params, body }: Request<typeof operation>, { batches, now }: Deps) {
  const batch = visible(caller, await batches.get(params.id), 'batch');
  return toPatientBatch(visible(caller, await batches.rename(batch.id, body.name, now()), 'batch'));
}

export const handler = serve(operation, handle, () => ({
  batches: new Batches(connectTable(environment.tableName)),
  now: () => new Date(),
}));
