import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { batchEndpoint } from '../lib/cli/batch-endpoint.ts';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { dicomEndpoint } from '../lib/cli/dicom-endpoint.ts';
import { escapeControlCharacters } from '../lib/cli/escape-control-characters.ts';
import { filesPerRequest } from '../lib/cli/files-per-request.ts';
import { Journal } from '../lib/cli/journal.ts';
import { pull } from '../lib/cli/pull.ts';
import { push } from '../lib/cli/push.ts';
import { Report } from '../lib/cli/report.ts';
import { RefusedRequest, ServiceClient } from '../lib/cli/service-client.ts';
import { serviceUrl } from '../lib/cli/service-url.ts';
import { credentialFor } from '../lib/cli/sign-in/credential.ts';
import { DicomUid } from '../lib/domain/dicom/uids.ts';
import { Id, PatientId } from '../lib/domain/identifiers.ts';
import { USAGE } from './usage.ts';

const usage = `Usage: npm run negatoscope -- <command> --url https://images.clinic.example
  push <dir>                                      DICOM files, of a CD or a folder
  push <dir> --batch <id>                         photographs, into a batch
  push <dir> --patient <number> --name <name>     photographs, into a new batch
  pull <studyInstanceUID> <dir>                   the DICOM files of a study
  --parallel 6                                    files at the same time
${Object.values(USAGE)
  .map((each) => `or: npm run negatoscope -- ${each}`)
  .join('\n')}`;

/** Where `npm start` writes how to reach its stack. */
const LOCAL_ENVIRONMENT = path.join('.local', 'admin.env');

const stop = new AbortController();
let interruptedAt = 0;
// npm forwards the Ctrl-C that the terminal has sent already: only a later one ends the process at once.
process.on('SIGINT', () => {
  if (stop.signal.aborted && Date.now() - interruptedAt > 1000) process.exit(EXIT.interrupted);
  interruptedAt ||= Date.now();
  stop.abort();
});
process.on('SIGTERM', () => stop.abort());

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        batch: { type: 'string' },
        patient: { type: 'string' },
        name: { type: 'string' },
        parallel: { type: 'string', default: '6' },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, positionals };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${usage}`, EXIT.usage);
  }
}

async function main(): Promise<number> {
  const { help, parallel, batch, name, positionals, ...given } = readArguments();
  if (help) {
    console.log(usage);
    return EXIT.done;
  }
  const [command, first = '', second = ''] = positionals;
  const wrong = (what: string) => new CliError(`${what}\n${usage}`, EXIT.usage);
  let url: URL;
  try {
    url = serviceUrl(given.url ?? '');
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const atOnce = Number(parallel);
  if (!/^\d+$/.test(parallel) || atOnce < 1 || atOnce > 32) throw wrong('Expected --parallel from 1 to 32.');
  if (batch !== undefined && !Id.safeParse(batch).success)
    throw wrong('Expected the id of a batch as --batch.');
  const { success, data: patient } = PatientId.optional().safeParse(given.patient);
  if (!success) throw wrong(`${given.patient} is no patient number.`);
  if (batch !== undefined && patient !== undefined) throw wrong('Expected --batch or --patient, not both.');
  if ((patient === undefined) !== (name === undefined))
    throw wrong('Expected --patient and --name together.');

  const report = new Report(process.stderr);
  const { signal } = stop;
  const onWait = (seconds: number) => report.progress(`the service asks to wait for ${seconds} s`);
  const token = await credentialFor(url, process.env, signal);
  const client = new ServiceClient({ url, token, signal, onWait });
  const work = async () => {
    if (command === 'pull' && positionals.length === 3) {
      if (!DicomUid.safeParse(first).success) throw wrong(`${first} is no StudyInstanceUID.`);
      return pull(first, path.resolve(second), { client, report, atOnce, signal });
    }
    if (command !== 'push' || positionals.length !== 2)
      throw wrong('Expected push <dir> or pull <study> <dir>.');
    if (!statSync(first, { throwIfNoEntry: false })?.isDirectory()) throw wrong(`${first} is no folder.`);
    const root = realpathSync(first);
    const place = [client.base, root, batch ?? '', patient ?? '', name ?? ''];
    const journal = new Journal(place);
    const batchId = batch ?? (patient && name && (await batchOf(journal, client, patient, name)));
    const endpoint = batchId ? batchEndpoint(client, batchId) : dicomEndpoint(client);
    const most = await filesPerRequest(client);
    return push(root, { endpoint, journal, report, filesPerRequest: most, atOnce, signal });
  };
  try {
    await work();
  } catch (error) {
    if (error instanceof CliError && error.exitCode === EXIT.usage) throw error;
    console.log(report.summary());
    if (signal.aborted) {
      console.error('Interrupted: the same command goes on where this one was.');
      return EXIT.interrupted;
    }
    throw error;
  }
  console.log(report.summary());
  return report.of('refused') + report.of('failed') === 0 ? EXIT.done : EXIT.notAll;
}

/** Returns the batch that an earlier run created for this folder, or creates one if it was deleted. */
async function batchOf(
  journal: Journal,
  client: ServiceClient,
  patient: string,
  name: string,
): Promise<string> {
  const Made = z.object({ id: z.string() });
  const isThere = async (batchId: string) => {
    try {
      await client.json(Made, 'GET', `/api/images/batches/${batchId}`);
      return true;
    } catch (error) {
      if (error instanceof RefusedRequest && error.status === 404) return false;
      throw error;
    }
  };
  if (journal.batchId === undefined || !(await isThere(journal.batchId))) {
    const body = { name, content_type: 'patients.patient', object_id: patient };
    journal.batchId = (await client.json(Made, 'POST', '/api/images/batches', body)).id;
  }
  console.error(`Batch ${journal.batchId}`);
  return journal.batchId;
}

type Program = (args: readonly string[]) => Promise<number>;

/** The other programs. Each is loaded only when it is asked for. */
const PROGRAMS: Record<keyof typeof USAGE, () => Promise<Program>> = {
  'sign-in': async () => {
    const { runSignIn } = await import('./sign-in.ts');
    return (args) => runSignIn(args, stop.signal);
  },
  'sign-out': async () => (await import('./sign-in.ts')).runSignOut,
  reconcile: async () => (await import('./reconcile.ts')).runReconcile,
  audit: async () => (await import('./audit.ts')).runAudit,
  gateway: async () => {
    const { runGateway } = await import('./gateway.ts');
    return (args) => runGateway(args, stop.signal);
  },
  preflight: async () => (await import('./preflight.ts')).runPreflight,
  'first-admin': async () => (await import('./first-admin.ts')).runFirstAdmin,
  redrive: async () => (await import('./redrive.ts')).runRedrive,
  smoke: async () => (await import('./smoke.ts')).runSmoke,
};
const isProgram = (command: string): command is keyof typeof USAGE => Object.hasOwn(PROGRAMS, command);

try {
  const [, , command = '', ...args] = process.argv;
  // These two work on a table and buckets: the local stack's, unless the environment names others.
  const isLocal = ['reconcile', 'audit'].includes(command) && !process.env.AUDIT_TABLE_NAME;
  if (isLocal && existsSync(LOCAL_ENVIRONMENT)) process.loadEnvFile(LOCAL_ENVIRONMENT);
  process.exitCode = isProgram(command) ? await (await PROGRAMS[command]())(args) : await main();
} catch (error) {
  const isKnown = error instanceof CliError || error instanceof RefusedRequest;
  console.error(isKnown ? error.message.split('\n').map(escapeControlCharacters).join('\n') : error);
  process.exitCode = error instanceof CliError ? error.exitCode : EXIT.notAll;
}
