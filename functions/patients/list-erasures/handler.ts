import { toErasureCertificate } from '../../../lib/api/views/erasure-certificate.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { patientErasures } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ patientErasures: 'list' }>;

export async function handle({ caller, query }: Request<typeof operation>, { patientErasures }: Deps) {
  const { items, next } = await patientErasures.list(query, query.patient_id);
  for (const erasure of items) recordAccess(caller, 'erasure', erasure);
  return { erasures: items.map(toErasureCertificate), next };
}

export const handler = serve(operation, handle, { patientErasures });
