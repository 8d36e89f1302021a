import { ApiKeys } from '../../../lib/data/api-keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { toListedKey } from '../../../lib/domain/api-key.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  keys: Pick<ApiKeys, 'list'>;
}

export async function handle({ query }: Request<typeof operation>, { keys }: Deps) {
  const { items, next } = await keys.list(query);
  return { keys: items.map(toListedKey), next };
}

export const handler = serve(operation, handle, () => ({
  keys: new ApiKeys(connectTable(environment.tableName)),
}));
