import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { until } from '../support/service.ts';
import { OrthancServer } from './orthanc-server.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const Token = z.object({ access_token: z.string() });
const Stored = z.object({ data: z.object({ ID: z.string() }) });

const dataDir = mkdtempSync(join(tmpdir(), 'negatoscope-start-'));
const orthanc = new OrthancServer();
let running: ChildProcess | undefined;
beforeAll(() => orthanc.start());
afterAll(async () => {
  await kill();
  await orthanc.end();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** Starts the stack as a person does who sets an Orthanc; returns the URL of the service. */
async function start(): Promise<string> {
  running = spawn(process.execPath, ['bin/start.ts', '--port', '0', '--data', dataDir], {
    cwd: ROOT,
    env: { ...process.env, ORTHANC_URL: orthanc.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!running.stdout) throw new Error('no stdout');
  for await (const line of createInterface({ input: running.stdout })) {
    const [, url] = /^ready (.*)/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('the local stack has not started');
}

async function kill() {
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGKILL');
  await once(running, 'exit');
}

/** Stores a file; returns its identifier. */
async function store(url: string): Promise<string> {
  const token = await fetch(`${url}/local/token`, { method: 'POST', body: '{"user":"staff"}' });
  const { access_token } = Token.parse(await token.json());
  const response = await fetch(`${url}/dicom/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}` },
    body: dicomForm(slice(newUids())),
  });
  return Stored.parse(await response.json()).data.ID;
}

test('ORTHANC_URL=… npm start forwards stored files, also those that were being sent when everything was killed', async () => {
  const url = await start();
  const first = await store(url);
  await until(async () => (await orthanc.instances()).includes(first));
  orthanc.freeze();
  const others = [await store(url), await store(url), await store(url)];
  await kill();
  orthanc.thaw();
  await start();
  await until(async () => {
    const there = await orthanc.instances();
    return others.every((id) => there.includes(id));
  }, 60);
  expect(await orthanc.storedCount()).toBe(4);
});
