import { toPatientCase } from '../../../lib/api/views/patient-case.ts';
import { Cases } from '../../../lib/data/cases.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
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
