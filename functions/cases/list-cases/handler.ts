import { Cases } from '../../../lib/data/cases.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient } from '../../../lib/domain/access.ts';
import { toPatientCase } from '../../../lib/domain/patient-case.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  cases: Pick<Cases, 'listOfPatient'>;
}

export async function handle({ caller, query }: Request<typeof operation>, { cases }: Deps) {
  requirePatient(caller, query.patientId);
  const { items, next } = await cases.listOfPatient(query.patientId, query);
  return { cases: items.map(toPatientCase), next };
}

export const handler = serve(operation, handle, () => ({
  cases: new Cases(connectTable(environment.tableName)),
}));
