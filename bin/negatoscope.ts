import { existsSync } from 'node:fs';
import path from 'node:path';
import { batchEndpoint } from '../lib/cli/batch-endpoint.ts';
import { batchOfFolder } from '../lib/cli/batch-of-folder.ts';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { dicomEndpoint } from '../lib/cli/dicom-endpoint.ts';
import { escapeControlCharacters } from '../lib/cli/escape-control-characters.ts';
import { Journal } from '../lib/cli/journal.ts';
import { planPush } from '../lib/cli/plan/plan-push.ts';
import { pullPatient, pullStudy } from '../lib/cli/pull/pull.ts';
import { push } from '../lib/cli/push.ts';
import { Report } from '../lib/cli/report.ts';
import { RefusedRequest, ServiceClient } from '../lib/cli/service-client.ts';
import { serviceLimits } from '../lib/cli/service-limits.ts';
import { credentialFor } from '../lib/cli/sign-in/credential.ts';
import { ARCHIVE_USAGE, type PushArguments, readArchiveArguments } from './archive-arguments.ts';
import type { USAGE } from './usage.ts';

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

async function main(): Promise<number> {
  const given = readArchiveArguments();
  if (!given) {
    console.log(ARCHIVE_USAGE);
    return EXIT.done;
  }
  if (given.command === 'push' && given.isDryRun) return dryRun(given);
  const report = new Report(process.stderr);
  const { signal } = stop;
  const { url, atOnce } = given;
  const onWait = (seconds: number) => report.progress(`the service asks to wait for ${seconds} s`);
  const token = await credentialFor(url, process.env, signal);
  const client = new ServiceClient({ url, token, signal, onWait });
  try {
    if (given.command === 'push') await pushFolder(given, client, report);
    else {
      const pull = given.of === 'patient' ? pullPatient : pullStudy;
      await pull(given.id, given.dir, { client, report, atOnce, signal });
    }
  } catch (error) {
    console.log(report.summary());
    if (!signal.aborted) throw error;
    console.error('Interrupted: the same command goes on where this one was.');
    return EXIT.interrupted;
  }
  console.log(report.summary());
  return report.of('refused') + report.of('failed') === 0 ? EXIT.done : EXIT.notAll;
}

async function pushFolder(given: PushArguments, client: ServiceClient, report: Report): Promise<void> {
  const { root, batch, newBatch, atOnce } = given;
  const journal = journalOf(given);
  const batchId = batch ?? (newBatch && (await batchOfFolder(journal, client, newBatch)));
  if (newBatch) console.error(`Batch ${batchId}`);
  const endpoint = batchId === undefined ? dicomEndpoint(client) : batchEndpoint(client, batchId);
  const { filesPerRequest, dicomBytes, imageBytes } = await serviceLimits(client);
  const maxBytes = batchId === undefined ? dicomBytes : imageBytes;
  await push(root, { endpoint, journal, report, filesPerRequest, maxBytes, atOnce, signal: stop.signal });
}

/** Prints what a push would send. The service is asked only for its limits, which needs no credential. */
async function dryRun(given: PushArguments): Promise<number> {
  const { url, root, batch, newBatch } = given;
  const { signal } = stop;
  const client = new ServiceClient({ url, token: {}, signal, onWait: () => {} });
  const { imageBytes, dicomBytes } = await serviceLimits(client);
  const isDicom = batch === undefined && newBatch === undefined;
  const endpoint = isDicom ? dicomEndpoint(client) : batchEndpoint(client, '');
  const maxBytes = isDicom ? dicomBytes : imageBytes;
  const plan = await planPush(root, { endpoint, journal: journalOf(given), maxBytes, signal });
  console.log(plan.text());
  return plan.of('refused') + plan.of('failed') === 0 ? EXIT.done : EXIT.notAll;
}

const journalOf = ({ url, root, batch = '', newBatch }: PushArguments) =>
  new Journal([url.href, root, batch, newBatch?.patient ?? '', newBatch?.name ?? '']);

type Program = (args: readonly string[]) => Promise<number>;

/** The other programs. Each is loaded only when it is asked for. */
const PROGRAMS: Record<keyof typeof USAGE, () => Promise<Program>> = {
  'sign-in': async () => {
    const { runSignIn } = await import('./sign-in.ts');
    return (args) => runSignIn(args, stop.signal);
  },
  'sign-out': async () => (await import('./sign-in.ts')).runSignOut,
  reconcile: async () => (await import('./reconcile.ts')).runReconcile,
  restore: async () => (await import('./restore.ts')).runRestore,
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
  // These work on tables and buckets: the local stack's, unless the environment names others.
  const isLocal = ['reconcile', 'restore', 'audit'].includes(command) && !process.env.AUDIT_TABLE_NAME;
  if (isLocal && existsSync(LOCAL_ENVIRONMENT)) process.loadEnvFile(LOCAL_ENVIRONMENT);
  process.exitCode = isProgram(command) ? await (await PROGRAMS[command]())(args) : await main();
} catch (error) {
  if (stop.signal.aborted) process.exit(EXIT.interrupted);
  const isKnown = error instanceof CliError || error instanceof RefusedRequest;
  console.error(isKnown ? error.message.split('\n').map(escapeControlCharacters).join('\n') : error);
  process.exitCode = error instanceof CliError ? error.exitCode : EXIT.notAll;
}
