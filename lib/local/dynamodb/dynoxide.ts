import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from '../free-port.ts';
import { StartError } from '../start-error.ts';

const startTimeoutMs = 10_000;

/** The DynamoDB server of the local stack (SQLite in one file). */
export interface Dynoxide {
  endpoint: string;
  /** The SQLite file. */
  file: string;
  close(): Promise<void>;
}

/** Starts dynoxide and waits until it responds. `onDeath` is called if it ends unexpectedly. */
export async function startDynoxide(
  file: string,
  log: (line: string) => void,
  onDeath: (reason: string) => void,
): Promise<Dynoxide> {
  const port = await freePort();
  const binary = findBinary();
  // A killed parent can't end its children. The shell's second line can: it waits until the pipe from the parent
  // closes.
  const script =
    'exec 3<&0; "$@" </dev/null 3<&- & child=$!; (cat <&3 >/dev/null; kill $child) >/dev/null 2>&1 & wait $child';
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'sh', binary, 'serve', '--host', '127.0.0.1', '-p', String(port), '--db-path', file],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env.PATH ?? '' },
    },
  );
  let output = '';
  let closing = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log(`dynoxide: ${chunk.toString().trimEnd()}`);
      output = `${output}${chunk}`.slice(-2000);
    });
  }
  child.stdin.on('error', () => undefined);
  child.once('exit', (code) => {
    child.stdin.destroy();
    if (!closing) onDeath(`dynoxide ended with status ${code}: ${output.trim().split('\n').at(-1)}`);
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilUp(endpoint, child, file, () => output);
  indexStream(file, log);
  return {
    endpoint,
    file,
    async close() {
      closing = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

async function waitUntilUp(endpoint: string, child: ChildProcess, file: string, output: () => string) {
  const giveUpAt = Date.now() + startTimeoutMs;
  const damaged = () =>
    new StartError(
      `DynamoDB (dynoxide) does not start with ${file}: ${output().trim().split('\n').at(-1) || 'no reason given'}.`,
    );
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null) throw damaged();
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-date': '20200101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: '{}',
    }).catch(() => undefined);
    const text = await response?.text();
    if (response?.ok) return;
    if (response) throw new StartError(`DynamoDB (dynoxide) cannot read ${file}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  throw damaged();
}

/**
 * dynoxide 1.2.1 has no index on its stream: it reads all records of the day at every write (for the next number) and
 * at every poll, so that with 10,000 items in the table a batch of 25 took 160 ms. With these indexes it takes 20 ms,
 * independent of the number.
 */
function indexStream(file: string, log: (line: string) => void) {
  try {
    const db = new DatabaseSync(file, { timeout: 5000 });
    db.exec(`
      CREATE INDEX IF NOT EXISTS stream_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
      CREATE INDEX IF NOT EXISTS stream_by_shard ON _stream_records (table_name, shard_id, sequence_number);
    `);
    db.close();
  } catch (error) {
    log(`dynoxide: its stream has no index, so that writes become slow: ${error}`);
  }
}

/** The path of dynoxide's executable. */
export function findBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    return path.join(
      path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)),
      'dynoxide',
    );
  } catch (cause) {
    throw new StartError(
      `There is no local DynamoDB for ${process.platform}-${process.arch} (the package ${name} is not installed): ` +
        'set AWS_ENDPOINT_URL_DYNAMODB to any DynamoDB endpoint, such as DynamoDB Local.',
      { cause },
    );
  }
}
