import { requirePatient } from '../../../lib/domain/access/access.ts';
import { auditReader, exporting, patientArchiving } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import {
  accessesOf,
  type PatientArchiveDeps,
  patientManifest,
} from '../../../lib/services/exports/patient-archive.ts';
import { type StartDeps, startExport } from '../../../lib/services/exports/start-export.ts';
import { operation } from './operation.ts';

type Deps = StartDeps & PatientArchiveDeps & Needs<{ auditReader: 'list' }>;

/**
 * A patient does not get the accesses: they name the people of the clinic. A patient has a right to when and why their data were
 * consulted, but in general not to by which employee (Court of Justice of the EU, C-579/21, 22 June 2023); the clinic answers that
 * from the archive of an admin.
 */
export async function handle({ caller, params: { id } }: Request<typeof operation>, deps: Deps) {
  requirePatient(caller, id);
  const accesses = caller.role === 'admin' ? await accessesOf(id, deps.auditReader) : undefined;
  const manifest = await patientManifest(id, accesses, deps);
  return startExport({ patientId: id, requestedBy: caller.subject }, manifest, deps);
}

export const handler = serveCreation(operation, handle, { ...exporting, ...patientArchiving, auditReader });
