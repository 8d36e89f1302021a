import { Batches } from '../../../lib/data/batches.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient } from '../../../lib/domain/access.ts';
import { toPatientBatch } from '../../../lib/domain/patient-batch.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
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
