import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { batches, cases, dicomSearch, examImages, now, patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { type SearchAllDeps, searchAll } from '../../../lib/services/overview/search-all.ts';
import { operation } from './operation.ts';

export async function handle({ caller, query }: Request<typeof operation>, deps: SearchAllDeps) {
  const found = await searchAll(query.q, deps);
  recordAccess(caller, 'search', { id: `everything q=${query.q}` });
  for (const patient of found.patients) recordAccess(caller, 'patient', patient);
  for (const each of [...found.cases, ...found.studies])
    recordAccess(caller, 'search', { patientId: each.patientId });
  return found;
}

export const handler = serve(operation, handle, { patients, batches, cases, examImages, dicomSearch, now });
