import { toListedKey } from '../../../lib/api/views/listed-key.ts';
import { keys } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ keys: 'list' }>;

export async function handle({ query }: Request<typeof operation>, { keys }: Deps) {
  const { items, next } = await keys.list(query);
  return { keys: items.map(toListedKey), next };
}

export const handler = serve(operation, handle, { keys });
