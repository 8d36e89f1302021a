import { toErasureCertificate } from '../../../lib/api/views/erasure-certificate.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { patientErasures } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ patientErasures: 'get' }>;

export async function handle({ caller, params }: Request<typeof operation>, { patientErasures }: Deps) {
  return toErasureCertificate(requireVisible(caller, await patientErasures.get(params.id), 'erasure'));
}

export const handler = serve(operation, handle, { patientErasures });
