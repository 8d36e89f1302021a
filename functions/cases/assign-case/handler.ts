import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { requireUsedByPatientOnly } from '../../../lib/domain/cases/case.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { cases, images, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ cases: 'get' | 'assign'; images: 'allInCase' | 'leaveCase' }, 'now'>;

/** If the function ends halfway, only some images have been removed; the same request again removes the rest. */
export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { cases, images } = deps;
  const { caseId: id } = params;
  const { patientId } = body;
  const now = deps.now();
  const known = requireVisible(caller, await cases.get(id, now), 'case');
  requireUsedByPatientOnly(known);
  recordAccess(caller, 'case', { patientId });
  let imagesLeft = 0;
  if (patientId !== known.patientId) {
    for await (const image of images.allInCase(id)) {
      recordAccess(caller, 'image', image);
      await images.leaveCase({ ...image, caseId: id }, now);
      imagesLeft++;
    }
  }
  if (!(await cases.assign(known, patientId)))
    throw new DomainError('CONFLICT', 'Somebody used the case meanwhile. Please look at it again.');
  return { id, patientId, imagesLeft };
}

export const handler = serveCreation(operation, handle, { cases, images, now });
