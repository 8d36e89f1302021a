import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { serviceUrl } from '../lib/cli/service-url.ts';
import { DicomUid } from '../lib/domain/dicom/uids.ts';
import { Id, PatientId } from '../lib/domain/identifiers.ts';
import { USAGE } from './usage.ts';

export const ARCHIVE_USAGE = `Usage: npm run negatoscope -- <command> --url https://images.clinic.example
  push <dir>                                      DICOM files, of a CD, a folder, or a ZIP (also for the next lines)
  push <dir> --batch <id>                         photographs, into a batch
  push <dir> --patient <number> --name <name>     photographs, into a new batch
  push <dir> … --dry-run                          only print what would be sent, and what would be refused
  pull <studyInstanceUID> <dir>                   the DICOM files of a study
  pull --patient <number> <dir>                   all DICOM files and images of a patient
  --parallel 6                                    files at the same time
${Object.values(USAGE)
  .map((each) => `or: npm run negatoscope -- ${each}`)
  .join('\n')}`;

interface Common {
  url: URL;
  /** Files at the same time. */
  atOnce: number;
}
export interface PushArguments extends Common {
  command: 'push';
  root: string;
  isDryRun: boolean;
  /** The batch for photographs. Without it and without a patient, DICOM files are sent. */
  batch: string | undefined;
  /** The patient and the name of a new batch. */
  newBatch: { patient: string; name: string } | undefined;
}
export interface PullArguments extends Common {
  command: 'pull';
  of: 'study' | 'patient';
  /** The StudyInstanceUID, or the number of the patient. */
  id: string;
  dir: string;
}

/**
 * Reads the arguments of `push` and `pull`; undefined if help is wanted.
 *
 * @throws CliError with what was expected
 */
export function readArchiveArguments(): PushArguments | PullArguments | undefined {
  try {
    return read();
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${ARCHIVE_USAGE}`, EXIT.usage);
  }
}

function read(): PushArguments | PullArguments | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: '' },
      batch: { type: 'string' },
      patient: { type: 'string' },
      name: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      parallel: { type: 'string', default: '6' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const atOnce = Number(values.parallel);
  if (!/^\d+$/.test(values.parallel) || atOnce < 1 || atOnce > 32)
    throw new Error('Expected --parallel from 1 to 32.');
  const common = { url: serviceUrl(values.url), atOnce };
  const { success, data: patient } = PatientId.optional().safeParse(values.patient);
  if (!success) throw new Error(`${values.patient} is no patient number.`);
  const [command, first = '', second = ''] = positionals;
  if (command === 'push' && positionals.length === 2)
    return { ...common, command, ...readPush(first, { ...values, patient }), isDryRun: values['dry-run'] };
  if (command === 'pull' && patient !== undefined && positionals.length === 2)
    return { ...common, command, of: 'patient', id: patient, dir: path.resolve(first) };
  if (command !== 'pull' || patient !== undefined || positionals.length !== 3)
    throw new Error('Expected push <dir>, pull <study> <dir> or pull --patient <number> <dir>.');
  if (!DicomUid.safeParse(first).success) throw new Error(`${first} is no StudyInstanceUID.`);
  return { ...common, command, of: 'study', id: first, dir: path.resolve(second) };
}

function readPush(
  dir: string,
  { batch, patient, name }: { batch?: string; patient: string | undefined; name?: string },
) {
  if (batch !== undefined && !Id.safeParse(batch).success)
    throw new Error('Expected the id of a batch as --batch.');
  if (batch !== undefined && patient !== undefined)
    throw new Error('Expected --batch or --patient, not both.');
  if ((patient === undefined) !== (name === undefined))
    throw new Error('Expected --patient and --name together.');
  const found = statSync(dir, { throwIfNoEntry: false });
  if (!found?.isDirectory() && !found?.isFile()) throw new Error(`${dir} is no folder and no file.`);
  const newBatch = patient !== undefined && name !== undefined ? { patient, name } : undefined;
  return { root: realpathSync(dir), batch, newBatch };
}
