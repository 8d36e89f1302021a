import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { Batches } from '../../../lib/data/batches.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'listOfPatient'>;
}

export async function handle({ caller, query }: Request<typeof operation>, { batches }: Deps) {
  requirePatient(caller, query.patient_id);
  const { items, next } = await batches.listOfPatient(query.patient_id, query);
  return { batches: items.map(toPatientBatch), next };
}

export const handler = serve(operation, handle, () => ({
  batches: new Batches(connectTable(environment.tableName)),
}));
