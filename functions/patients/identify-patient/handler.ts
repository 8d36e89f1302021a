import { requirePatient } from '../../../lib/domain/access/access.ts';
import { batches, patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { type IdentityDeps, identityOf } from '../../../lib/services/overview/identity-of.ts';
import { operation } from './operation.ts';

/** A number that nobody has is no error: the page asks before it registers it. */
export async function handle({ caller, params }: Request<typeof operation>, deps: IdentityDeps) {
  requirePatient(caller, params.id);
  return identityOf(params.id, deps);
}

export const handler = serve(operation, handle, { patients, batches });
