import { toListedUpload } from '../../../lib/api/views/listed-upload.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import type { Image } from '../../../lib/domain/images/image.ts';
import { groupUploads } from '../../../lib/domain/images/upload-groups.ts';
import { batches, images, patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ images: 'uploadedOn'; batches: 'getMany'; patients: 'getMany' }>;

/** Images that one request reads: below 2 MB, half a second. */
const MOST = 1000;
/** Patients that the event in the audit log names: each is an item of its own. */
const RECORDED = 100;

export async function handle({ caller, query }: Request<typeof operation>, deps: Deps) {
  const found: Image[] = [];
  for await (const image of deps.images.uploadedOn(query.day, MOST / 4)) if (found.push(image) > MOST) break;
  const groups = groupUploads(found.slice(0, MOST));
  const patientIds = [...new Set(groups.flatMap(({ patientId }) => patientId ?? []))];
  const [batches, patients] = await Promise.all([
    deps.batches.getMany(groups.flatMap(({ kind, id }) => (kind === 'batch' ? [id] : []))),
    deps.patients.getMany(patientIds),
  ]);
  for (const patientId of patientIds.slice(0, RECORDED)) recordAccess(caller, 'search', { patientId });
  const known = {
    caller: caller.subject,
    batches: new Map(batches.map((each) => [each.id, each])),
    patients,
  };
  return { uploads: groups.map((group) => toListedUpload(group, known)), isWhole: found.length <= MOST };
}

export const handler = serve(operation, handle, { images, batches, patients });
