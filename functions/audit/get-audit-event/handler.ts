import { toListedEvent } from '../../../lib/api/views/listed-event.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { auditReader } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ auditReader: 'get' }>;

export async function handle({ caller, params }: Request<typeof operation>, { auditReader }: Deps) {
  const found = await auditReader.get(params.id);
  if (!found) throw new DomainError('NOT_FOUND', 'There is no such event.');
  const { event, reads, hasMoreReads } = found;
  recordAccess(caller, 'event', event);
  for (const patientId of event.patientIds) recordAccess(caller, 'patient', { patientId });
  const names = reads.flatMap(({ resources }) => resources).sort(inNaturalOrder);
  return { ...toListedEvent(event), reads: names, has_more_reads: hasMoreReads };
}

/** Frame 10 comes after frame 9. */
const inNaturalOrder = new Intl.Collator('en', { numeric: true }).compare;

export const handler = serve(operation, handle, { auditReader });
