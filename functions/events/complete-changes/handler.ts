import { Batch } from '../../../lib/domain/batches/batch.ts';
import { Case } from '../../../lib/domain/cases/case.ts';
import { Image } from '../../../lib/domain/images/image.ts';
import { hasLeft } from '../../../lib/domain/images/image-place.ts';
import { Erasure } from '../../../lib/domain/patients/erasure.ts';
import { completing } from '../../../lib/lambda/dependencies.ts';
import type { ChangedItem } from '../../../lib/lambda/events/serve-item-changes.ts';
import { serveQueuedChanges } from '../../../lib/lambda/events/serve-items.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type SettleCaseDeps, settleCase } from '../../../lib/services/cases/settle-case.ts';
import { type ErasePatientDeps, erasePatient } from '../../../lib/services/erasure/erase-patient.ts';
import { type SettleDeps, settleBatch } from '../../../lib/services/images/settle-batch.ts';
import { trigger } from './trigger.ts';

type Deps = SettleDeps &
  SettleCaseDeps &
  ErasePatientDeps &
  Needs<{ batches: 'find'; cases: 'get'; patientErasures: 'get' }, 'now'>;

/** The request has done the same, unless its function ended before that. */
export async function handle({ before, after }: ChangedItem, deps: Deps) {
  switch (after?.sk) {
    case 'IMAGE': {
      if (hasLeft(before, after)) await deps.exports.endAllOf(Image.parse(before));
      return;
    }
    case 'BATCH': {
      const batch = await deps.batches.find(Batch.parse(after).id, deps.now());
      if (batch) await settleBatch(batch, deps);
      return;
    }
    case 'PATIENTERASURE': {
      // Read again: a late event of an erasure that is done must not erase what is stored since.
      const erasure = await deps.patientErasures.get(Erasure.parse(after).id);
      if (erasure?.status === 'running') await erasePatient(erasure, deps);
      return;
    }
    default: {
      const known = await deps.cases.get(Case.parse(after).id, deps.now());
      if (known) await settleCase(known, deps);
    }
  }
}

export const handler = serveQueuedChanges(trigger, handle, completing);
