import { toListedKey } from '../../../lib/api/views/listed-key.ts';
import { ApiKeys } from '../../../lib/data/api-keys.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
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
