import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { Batches } from '../../../lib/data/batches.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { batches }: Deps) {
  return toPatientBatch(requireVisible(caller, await batches.get(params.id), 'batch'));
}

export const handler = serve(operation, handle, () => ({
  batches: new Batches(connectTable(environment.tableName)),
}));
