import { ApiKeys } from '../../../lib/data/api-keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  keys: Pick<ApiKeys, 'revoke'>;
  now: () => Date;
}

export async function handle({ params }: Request<typeof operation>, { keys, now }: Deps) {
  const key = await keys.revoke(params.id, now());
  if (!key) throw new DomainError('NOT_FOUND', 'There is no such key.');
}

export const handler = serve(operation, handle, () => ({
  keys: new ApiKeys(connectTable(environment.tableName)),
  now: () => new Date(),
}));
