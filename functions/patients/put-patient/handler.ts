import { toListedPatient } from '../../../lib/api/views/listed-patient.ts';
import { requirePatient } from '../../../lib/domain/access/access.ts';
import { patientFromPerson } from '../../../lib/domain/patients/patient.ts';
import { now, patients } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ patients: 'change' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, { patients, now }: Deps) {
  requirePatient(caller, params.id);
  const changed = await patients.change(params.id, (known) =>
    patientFromPerson(known, params.id, body, now()),
  );
  return toListedPatient(changed);
}

export const handler = serve(operation, handle, { patients, now });
