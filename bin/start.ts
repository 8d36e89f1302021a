import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { adminEnvironment } from '../lib/local/admin-environment.ts';
import { demoUsers } from '../lib/local/cognito/demo-users.ts';
import { parseFaults } from '../lib/local/faults/fault-list.ts';
import { defaultMemoryMb, startLocalStack } from '../lib/local/local-stack.ts';
import { requireFreePort } from '../lib/local/loopback.ts';
import { StartError } from '../lib/local/start-error.ts';
import { requireUsableDataDir } from '../lib/local/state.ts';
import { synthesize } from '../lib/local/synthesis.ts';

const usage =
  'Usage: npm start -- [--port 3000] [--data .local] [--verbose] [--dev]   (or PORT, DATA_DIR; ORTHANC_URL, CLAMD)\n' +
  `                   [--memory ${defaultMemoryMb}]     bounds the memory of all functions together, in MB\n` +
  '                   [--concurrency 10]  invocations of all functions at once, as a new AWS account has them\n' +
  '                   [--stream-rate]     streams responses as slowly as API Gateway: 2 MB a second after 10 MB\n' +
  '                   [--versions]        keeps what is deleted or replaced in S3, for `negatoscope restore`\n' +
  '                   [--faults <list>]   injects faults of AWS services: docs/faults.md';
/** Enough for two functions that draw large images. */
const leastMemoryMb = 512;
/** The stack ends within 5 s after a signal, whatever still runs. */
const closeTimeoutMs = 4000;

function readSettings() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: process.env.PORT ?? '3000' },
        data: { type: 'string', default: process.env.DATA_DIR ?? '.local' },
        verbose: { type: 'boolean', default: false },
        dev: { type: 'boolean', default: false },
        memory: { type: 'string', default: String(defaultMemoryMb) },
        concurrency: { type: 'string' },
        'stream-rate': { type: 'boolean', default: false },
        versions: { type: 'boolean', default: false },
        faults: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535) {
      throw new StartError(
        `Expected a port between 0 and 65535, but received ${JSON.stringify(values.port)}.`,
      );
    }
    const memoryMb = Number(values.memory);
    if (!/^\d+$/.test(values.memory) || memoryMb < leastMemoryMb) {
      throw new StartError(
        `Expected at least ${leastMemoryMb} MB in --memory, but received ${JSON.stringify(values.memory)}.`,
      );
    }
    const concurrency = values.concurrency === undefined ? undefined : Number(values.concurrency);
    if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
      throw new StartError(
        `Expected a positive number in --concurrency, but received ${JSON.stringify(values.concurrency)}.`,
      );
    }
    // Before the build, which takes the longest; the stack checks what the list names.
    parseFaults(values.faults);
    return {
      ...values,
      port,
      memoryMb,
      concurrency,
      limitsStreamRate: values['stream-rate'],
      dataDir: path.resolve(values.data),
      orthancUrl: readOrthancUrl(),
      clamd: process.env.CLAMD || undefined,
    };
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

/** The Orthanc server that each stored DICOM file is forwarded to, if one is configured. */
function readOrthancUrl(): string | undefined {
  const { ORTHANC_URL: url } = process.env;
  if (url === undefined || url === '') return undefined;
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  throw new StartError(`Expected a URL in ORTHANC_URL, but received ${JSON.stringify(url)}.`);
}

async function main(): Promise<void> {
  const { help, dev, versions, orthancUrl, ...settings } = readSettings();
  const { port, dataDir, verbose, faults, clamd } = settings;
  if (help) return console.log(usage);
  if (process.platform === 'win32') {
    throw new StartError('The local stack needs Linux or macOS; on Windows, it runs inside WSL.');
  }
  const onPhase = phaseTeller(verbose);
  // Before the build, which takes the longest.
  await requireFreePort(port);
  requireUsableDataDir(dataDir);
  const projectDir = path.resolve(import.meta.dirname, '..');
  const cdkOut = await synthesize({
    projectDir,
    dataDir,
    verbose,
    orthancUrl,
    scan: clamd !== undefined,
    onPhase,
  });
  const page = dev ? await (await import('./dev-page.ts')).createPageServer() : undefined;
  const stack = await startLocalStack({
    cdkOut,
    ...settings,
    keepsVersions: versions,
    onPhase,
    ...(page && { servePage: page.middlewares }),
    onFailure: (reason) => fail(new StartError(`The local stack ends: ${reason}`)),
  });
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), closeTimeoutMs).unref();
    void Promise.all([stack.close(), page?.close()]).then(() => process.exit(0), fail);
  };
  process.on('SIGINT', close).on('SIGTERM', close).on('SIGHUP', close);
  if (process.env.npm_lifecycle_event !== undefined) {
    // A SIGKILL of npm should end the stack, but npm can't forward it.
    const ancestors = ancestorsOf();
    setInterval(() => ancestorsOf() !== ancestors && close(), 500).unref();
  }
  if (page) {
    const { followFunctions } = await import('./dev-functions.ts');
    onPhase('Following the source files');
    await followFunctions({
      watcher: page.watcher,
      functions: stack.functions,
      codeDir: path.join(dataDir, 'dev-functions'),
      say: (line) => console.log(line),
    });
  }
  onPhase();
  if (faults !== '')
    console.warn(`WARNING: ${stack.faults.description}. Do not use this stack for real work.`);
  writeFileSync(path.join(dataDir, 'admin.env'), asFile(adminEnvironment(stack)), { mode: 0o600 });
  console.log(`Demo people: ${Object.keys(demoUsers).join(', ')}`);
  console.log(`A token:     curl -s ${stack.url}/local/token -d '{"user":"doctor"}'`);
  console.log(`The API:     ${stack.url}/docs`);
  console.log(`Data:        ${dataDir}   Log: ${stack.logFile}`);
  console.log(`ready ${stack.url}`);
}

/** Prints each phase when it begins and, if `verbose`, its duration. Undefined ends the last phase. */
function phaseTeller(verbose: boolean) {
  let current: { phase: string; startedAt: number } | undefined;
  return (phase?: string) => {
    if (current && verbose)
      console.error(`${current.phase} took ${Math.round(performance.now() - current.startedAt)} ms.`);
    current = phase === undefined ? undefined : { phase, startedAt: performance.now() };
    if (phase !== undefined) console.error(`${phase} …`);
  };
}

/** The administrator's environment as a file for `node --env-file` and for a shell. */
const asFile = (environment: Record<string, string>): string =>
  Object.entries(environment)
    .map(([name, value]) => `${name}=${value.includes('"') ? `'${value}'` : value}\n`)
    .join('');

/** The parent process and, if /proc exists, its parent: npm starts us through a shell. */
function ancestorsOf(): string {
  try {
    return `${process.ppid} ${/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1]}`;
  } catch {
    return String(process.ppid);
  }
}

function fail(error: unknown): never {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}

await main().catch(fail);
