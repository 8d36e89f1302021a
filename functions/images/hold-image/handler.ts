import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordReason } from '../../../lib/domain/audit/audit-context.ts';
import { requireReady } from '../../../lib/domain/images/image.ts';
import { images, legalHolds, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'get'; legalHolds: 'set' }, 'now'>;

export async function handle(
  { caller, params, body: { reason } }: Request<typeof operation>,
  { images, legalHolds, now }: Deps,
) {
  const image = requireReady(requireVisible(caller, await images.get(params.id), 'image'));
  recordReason(caller, reason);
  const legalHold = { by: caller.subject, at: now().toISOString(), reason };
  await legalHolds.set(image, legalHold);
  return { id: image.id, legal_hold: legalHold };
}

export const handler = serve(operation, handle, { images, legalHolds, now });
