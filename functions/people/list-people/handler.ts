import { toListedPerson } from '../../../lib/api/views/listed-person.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { people } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ people: 'list' }>;

export async function handle({ caller, query }: Request<typeof operation>, { people }: Deps) {
  const { items, next } = await people.list(query);
  for (const { subject: id, patientId } of items) recordAccess(caller, 'person', { id, patientId });
  return { people: items.map(toListedPerson), next };
}

export const handler = serve(operation, handle, { people });
