// npm run soak: a mixed load with faults, and a check of the invariants afterwards.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { synthesize } from '../../lib/local/synthesis.ts';
import { photo } from '../fixtures/photos.ts';
import { ClinicLoad, randomNumbers } from './clinic-load.ts';
import { Ledger } from './ledger.ts';
import { memoryOf } from './memory.ts';
import { reliabilityReport } from './report.ts';
import { RetryingClient } from './retrying-client.ts';
import { settle } from './settle.ts';
import { StackInProcess } from './stack-in-process.ts';

const FAULTS = [
  'throttling=0.01',
  'internal-error=0.005',
  'transaction-conflict=0.02',
  'lost-acknowledgement=0.005',
  'truncated-body=0.01',
  'kms-throttling=0.01',
  'duplicate=0.1',
  'delay=0.05:2s',
  'reordering=0.1',
  'loss=0.05@s3',
  // Often enough that an attempt of a request fails as a whole, and the client sends it again.
  'internal-error=0.2@s3:PutObject',
  'lost-acknowledgement=0.2@dynamodb:TransactWriteItems+function:create-batch-uploads',
  'kill=make-thumbnail@after:dynamodb:TransactWriteItems=0.02',
  'kill=delete-image@after:dynamodb:TransactWriteItems=0.1',
  'kill=create-batch@after:dynamodb:PutItem=0.1',
].join(',');
const SAMPLE_MS = 2000;
/** The memory of the last third of the time may be so many times that of the second. */
const GROWTH = 1.1;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1800' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '4' },
    report: { type: 'boolean', default: false },
  },
});
const [seconds, seed, clients] = [Number(values.seconds), Number(values.seed), Number(values.clients)];
const root = path.join(import.meta.dirname, '..', '..');
const dataDir = mkdtempSync(path.join(tmpdir(), 'negatoscope-soak-'));
console.log(`soak: ${seconds} s, ${clients} clients, seed ${seed}; faults: ${FAULTS}`);

const cdkOut = await synthesize({ projectDir: root, dataDir, verbose: false, orthancUrl: undefined });
const stack = await StackInProcess.start({ cdkOut, dataDir, port: 0, faults: `seed=${seed},${FAULTS}` });
try {
  const ledger = new Ledger();
  const photos = await Promise.all(
    [1, 2, 3].map(async (each) => Buffer.from((await photo({ seed: each })).bytes)),
  );
  const stop = AbortSignal.timeout(seconds * 1000);
  const options = { url: stack.url, authorization: async () => `Bearer ${stack.tokens.doctor}`, ledger };
  const client = new RetryingClient({ ...options, signal: AbortSignal.timeout((seconds + 60) * 1000) });
  const loads = Array.from({ length: clients }, (_value, index) =>
    new ClinicLoad({
      client,
      ledger,
      photos,
      patientId: `SOAK-${seed}-${index}`,
      random: randomNumbers(seed + index),
    }).run(stop),
  );
  const memory: number[] = [];
  const sampling = (async () => {
    for (; !stop.aborted; await sleep(SAMPLE_MS)) memory.push(memoryOf(stack.pid));
  })();
  await Promise.all([...loads, sampling]);
  const faults = await stack.order({ type: 'faults', list: '' });
  const { violations, repairs } = await settle(ledger, stack);

  const third = Math.floor(memory.length / 3);
  const mean = (some: readonly number[]) => some.reduce((sum, each) => sum + each, 0) / some.length;
  const growth = mean(memory.slice(2 * third)) / mean(memory.slice(third, 2 * third));
  // A minute is too short for a mean that says anything: the functions still start.
  if (seconds >= 600 && growth > GROWTH) violations.push(`the memory grew by ${growth.toFixed(2)}`);
  const result = { seconds, clients, seed, ledger, faults, repairs, violations, growth, memory };
  console.log(reliabilityReport(result));
  if (values.report) {
    const file = path.join(root, 'docs', 'reliability.md');
    const text = readFileSync(file, 'utf8');
    const marks = /(?<=<!-- soak -->\n)[\s\S]*(?=<!-- \/soak -->)/;
    writeFileSync(file, text.replace(marks, reliabilityReport(result)));
  }
  for (const violation of violations) console.error(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  await stack.close();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
