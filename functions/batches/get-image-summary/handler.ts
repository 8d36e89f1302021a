import { Batches } from '../../../lib/data/batches.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'summaryOfPatient'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { batches }: Deps) {
  requirePatient(caller, params.id);
  return batches.summaryOfPatient(params.id);
}

export const handler = serve(operation, handle, () => ({
  batches: new Batches(connectTable(environment.tableName)),
}));
