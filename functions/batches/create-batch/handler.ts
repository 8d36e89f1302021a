import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { sourceOf } from '../../../lib/domain/access/source.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { batches, keys, newId, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ batches: 'create' }, 'newId' | 'now'>;

export async function handle({ caller, body }: Request<typeof operation>, { batches, newId, now }: Deps) {
  requirePatient(caller, body.object_id);
  const createdAt = now().toISOString();
  const batch = {
    id: newId(),
    patientId: body.object_id,
    name: body.name,
    imageCount: 0,
    source: sourceOf(caller),
    createdAt,
    updatedAt: createdAt,
  };
  recordAccess(caller, 'batch', batch);
  return toPatientBatch(await batches.create(batch));
}

export const handler = serveCreation(operation, handle, { keys, batches, newId, now });
