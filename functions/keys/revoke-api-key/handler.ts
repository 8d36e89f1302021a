import { DomainError } from '../../../lib/domain/errors.ts';
import { keyAdministration, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ keyAdministration: 'revoke' }, 'now'>;

export async function handle({ params }: Request<typeof operation>, { keyAdministration, now }: Deps) {
  const key = await keyAdministration.revoke(params.id, now());
  if (!key) throw new DomainError('NOT_FOUND', 'There is no such key.');
}

export const handler = serve(operation, handle, { keyAdministration, now });
