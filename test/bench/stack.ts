import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { ensureTables } from '../../lib/local/dynamodb/dynamodb-tables.ts';
import { startDynoxide } from '../../lib/local/dynamodb/dynoxide.ts';
import { type FunctionDefinition, loadFunctions } from '../../lib/local/lambda/functions.ts';
import type { LocalStack } from '../../lib/local/local-stack.ts';
import { requireUsableDataDir } from '../../lib/local/state.ts';
import { loadTemplate, region } from '../../lib/local/template.ts';

/** The address of a running local stack, and credentials with all rights. */
export type StackAddress = Pick<LocalStack, 'url' | 's3Endpoint' | 'dynamoDbEndpoint' | 'credentials'>;

/**
 * Starts a local stack in another process, passes it to the work, and removes it and its data afterwards.
 *
 * @param prepare fills the data directory before the start; the work gets what it returns
 */
export async function withStackProcess<T, Prepared = void>(
  cdkOut: string,
  prepare: ((dataDir: string) => Promise<Prepared>) | undefined,
  work: (stack: StackAddress & { pid: number }, prepared: Prepared) => Promise<T>,
): Promise<T> {
  return withDataDir(async (dataDir) => {
    const prepared = (await prepare?.(dataDir)) as Prepared;
    const child = startChild('stack-process.ts', [cdkOut, dataDir]);
    try {
      return await work(await messageOf<StackAddress & { pid: number }>(child), prepared);
    } finally {
      const gone = once(child, 'exit');
      if (child.connected) {
        child.disconnect();
        await gone;
      }
    }
  });
}

/** Passes the tables alone to the work, without the functions that read their streams. */
export async function withTablesOnly<T>(
  cdkOut: string,
  dataDir: string,
  work: (dynamoDb: DynamoDBClient) => Promise<T>,
): Promise<T> {
  const template = loadTemplate(cdkOut, 'http://localhost');
  const dynoxide = await startDynoxide(dataFileIn(dataDir), () => {}, console.error);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamoDb = new DynamoDBClient({ endpoint: dynoxide.endpoint, region, credentials });
  try {
    await ensureTables(template, dynamoDb);
    return await work(dynamoDb);
  } finally {
    dynamoDb.destroy();
    await dynoxide.close();
  }
}

/** The file of the local DynamoDB. */
export const dataFileIn = (dataDir: string): string => path.join(dataDir, 'dynamodb.sqlite');

/** Passes a new directory to the work, and removes it afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = newDataDir();
  try {
    return await work(dataDir);
  } finally {
    removeDataDir(dataDir);
  }
}

export function newDataDir(): string {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'negatoscope-bench-'));
  // It gets the number of the data format before it gets data.
  requireUsableDataDir(dataDir);
  return dataDir;
}

export const removeDataDir = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });

/** Runs a file, by its path from this folder, in a separate process, sends it its task, and waits for its result. */
export async function inChild<T>(file: string, task: unknown, env: NodeJS.ProcessEnv = {}): Promise<T> {
  const child = startChild(file, [JSON.stringify(task)], env);
  const gone = once(child, 'exit');
  const result = await messageOf<T>(child);
  await gone;
  return result;
}

/** Runs a file of this folder in a separate process, which answers each task with a message, and ends it after the work. */
export async function withChild<Task extends object, Answer>(
  file: string,
  work: (ask: (task: Task) => Promise<Answer>) => Promise<unknown>,
): Promise<void> {
  const child = startChild(file, []);
  const gone = once(child, 'exit');
  try {
    await work((task) => {
      const answer = messageOf<Answer>(child);
      child.send(task);
      return answer;
    });
  } finally {
    if (child.connected) child.disconnect();
    await gone;
  }
}

function startChild(file: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(path.resolve(import.meta.dirname, file), args, {
    env: { ...process.env, ...env },
    // The output of children (a handler: its log) is not needed; our standard output is for the result alone.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function messageOf<T>(child: ChildProcess): Promise<T> {
  const stop = new AbortController();
  const ended = once(child, 'exit', stop).then(([code]) => {
    throw new Error(`${child.spawnargs[1]} ended with status ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', stop), ended]);
    return message as T;
  } finally {
    ended.catch(() => undefined);
    stop.abort();
  }
}

/** The environment in which the SDK and our own code use the stack, with all rights. */
export const environmentOf = ({ s3Endpoint, dynamoDbEndpoint, credentials }: StackAddress) => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_ENDPOINT_URL_S3: s3Endpoint,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
});

export const s3Of = ({ s3Endpoint, credentials }: StackAddress): S3Client =>
  new S3Client({
    endpoint: s3Endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });

export const dynamoDbOf = ({ dynamoDbEndpoint, credentials }: StackAddress): DynamoDBClient =>
  new DynamoDBClient({ endpoint: dynamoDbEndpoint, region, credentials });

/** The functions of the synthesized service by their ids. */
export function functionsOf(cdkOut: string, url: string): Map<string, FunctionDefinition> {
  const definitions = loadFunctions(loadTemplate(cdkOut, url), Buffer.alloc(32));
  return new Map(
    definitions.map((definition) => [definition.environment.POWERTOOLS_SERVICE_NAME ?? '', definition]),
  );
}

/** A function of the service; throws if the template does not have it. */
export function functionOf(cdkOut: string, url: string, id: string): FunctionDefinition {
  const definition = functionsOf(cdkOut, url).get(id);
  if (!definition) throw new Error(`the template has no function ${id}`);
  return definition;
}

/** Tokens for persons with the roles of the demo users: each may send a hundred requests in a minute. */
export async function tokensOf({ url }: { url: string }, user: string, people = 40): Promise<string[]> {
  const tokens = Array.from({ length: people }, async (_value, index) => {
    const response = await fetch(`${url}/local/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, claims: { sub: `bench-${index}` } }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return access_token;
  });
  return Promise.all(tokens);
}
