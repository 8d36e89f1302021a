import { toErasureCertificate } from '../../../lib/api/views/erasure-certificate.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { recordReason } from '../../../lib/domain/audit/audit-context.ts';
import { requireConfirmed } from '../../../lib/domain/patients/erasure.ts';
import { newId, now, patientErasures, patientInventories } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { type OrderDeps, orderErasure } from '../../../lib/services/erasure/order-erasure.ts';
import { operation } from './operation.ts';

/** The function `complete-changes` does it. */
export async function handle({ caller, params: { id }, body }: Request<typeof operation>, deps: OrderDeps) {
  requirePatient(caller, id);
  requireConfirmed(id, body.confirm);
  recordReason(caller, body.reason);
  const order = { patientId: id, by: caller.subject, reason: body.reason };
  return toErasureCertificate(await orderErasure(order, deps));
}

export const handler = serveCreation(operation, handle, { patientErasures, patientInventories, newId, now });
