import { DomainError } from '../../../lib/domain/errors.ts';
import { readiness } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

export async function handle(
  _request: Request<typeof operation>,
  { readiness }: Needs<{ readiness: 'failing' }>,
) {
  const failing = await readiness.failing();
  if (failing.length === 0) return { status: 'ready' as const };
  throw new DomainError('SERVICE_UNAVAILABLE', 'The service is not ready.', {
    details: failing.map((store) => `${store} can not be read`),
    headers: { 'retry-after': '5' },
  });
}

export const handler = serve(operation, handle, { readiness });
