import { toListedKey } from '../../../lib/api/views/listed-key.ts';
import { keyAdministration, keyUses, limits } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ keyAdministration: 'list'; keyUses: 'of' }, 'limits'>;

export async function handle(
  { query }: Request<typeof operation>,
  { keyAdministration, keyUses, limits }: Deps,
) {
  const { items, next } = await keyAdministration.list(query);
  const uses = await keyUses.of(items.map(({ id }) => id));
  return { keys: items.map((key) => toListedKey(key, uses.get(key.id), limits)), next };
}

export const handler = serve(operation, handle, { keyAdministration, keyUses, limits });
