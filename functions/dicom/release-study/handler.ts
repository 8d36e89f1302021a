import { requireVisible } from '../../../lib/domain/access/access.ts';
import { resourceAt } from '../../../lib/domain/dicom/dicom-deletion.ts';
import { dicomStudies } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ dicomStudies: 'getStudy' | 'release' }>;

/** Releasing a study that is under no legal hold changes nothing, so that a client may send the request again. */
export async function handle({ caller, params }: Request<typeof operation>, { dicomStudies }: Deps) {
  const study = await dicomStudies.getStudy(params.study);
  requireVisible(caller, resourceAt(params, study), 'study');
  await dicomStudies.release(params.study);
}

export const handler = serve(operation, handle, { dicomStudies });
