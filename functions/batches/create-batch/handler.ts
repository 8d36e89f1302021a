import { v7 as newId } from 'uuid';
import { Batches } from '../../../lib/data/batches.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requirePatient } from '../../../lib/domain/access.ts';
import { toPatientBatch } from '../../../lib/domain/patient-batch.ts';
import { note } from '../../../lib/domain/trail.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveCreation } from '../../../lib/http/serve-creation.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'create'>;
  newId: () => string;
  now: () => Date;
}

export async function handle({ caller, body }: Request<typeof operation>, { batches, newId, now }: Deps) {
  requirePatient(caller, body.object_id);
  const createdAt = now().toISOString();
  const batch = {
    id: newId(),
    patientId: body.object_id,
    name: body.name,
    imageCount: 0,
    createdAt,
    updatedAt: createdAt,
  };
  note(caller, 'batch', batch);
  await batches.create(batch);
  return toPatientBatch(batch);
}

export const handler = serveCreation(operation, handle, () => ({
  batches: new Batches(connectTable(environment.tableName)),
  newId,
  now: () => new Date(),
}));
