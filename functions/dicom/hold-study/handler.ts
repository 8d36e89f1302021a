import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordReason } from '../../../lib/domain/audit/audit-context.ts';
import { resourceAt } from '../../../lib/domain/dicom/dicom-deletion.ts';
import { dicomStudies, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomStudies: 'getStudy' | 'hold' }, 'now'>;

export async function handle(
  { caller, params, body }: Request<typeof operation>,
  { dicomStudies, now }: Deps,
) {
  recordReason(caller, body.reason);
  const study = await dicomStudies.getStudy(params.study);
  requireVisible(caller, resourceAt(params, study), 'study');
  const legalHold = { by: caller.subject, at: now().toISOString(), reason: body.reason };
  await dicomStudies.hold(params.study, legalHold);
  return { id: params.study, legal_hold: legalHold };
}

export const handler = serve(operation, handle, { dicomStudies, now });
