import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/service.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HANDLER = 'functions/service/get-health/handler.ts';
const POLLING = { timeout: 60_000, interval: 50 };

let copy: string;
let running: ChildProcess;
let url = '';
const said: string[] = [];

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'dev-test-'));
  const names = ['bin', 'functions', 'lib', 'layers', 'web', 'cdk.json', 'package.json', 'package-lock.json'];
  for (const name of [...names, 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(copy, name), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(ROOT, 'web/node_modules'), join(copy, 'web/node_modules'));
  running = spawn(
    process.execPath,
    ['bin/start.ts', '--dev', '--port', '0', '--data', join(copy, '.local')],
    {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const output of [running.stdout, running.stderr]) {
    if (output) createInterface({ input: output }).on('line', (line) => said.push(line));
  }
  const ready = await until(async () => said.find((line) => line.startsWith('ready ')), 240);
  url = ready.slice('ready '.length);
}, 300_000);
afterAll(async () => {
  if (running.exitCode === null) {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
  rmSync(copy, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const health = async () => (await fetch(`${url}/health`)).text();
const edit = (file: string, change: (source: string) => string) =>
  writeFileSync(join(copy, file), change(readFileSync(join(copy, file), 'utf8')));

test('a changed function answers with its new code, and the others keep theirs', async () => {
  const before = await health();
  const original = readFileSync(join(copy, HANDLER), 'utf8');
  const startedAt = performance.now();
  // A function that cannot start is answered by 503, which the code before the change never does.
  edit(HANDLER, (source) => `${source}\nthrow new Error('the new code');\n`);
  await expect.poll(async () => (await fetch(`${url}/health`)).status, POLLING).toBe(503);
  console.log(`new code after ${Math.round(performance.now() - startedAt)} ms`);
  expect(said.filter((line) => line.includes('has its new code'))).toHaveLength(1);
  writeFileSync(join(copy, HANDLER), original);
  await expect.poll(health, POLLING).toBe(before);
});

test('a function that does not build keeps its code, and gets the new code once it builds', async () => {
  const before = await health();
  const original = readFileSync(join(copy, HANDLER), 'utf8');
  edit(HANDLER, (source) => `${source}\nconst = 1;\n`);
  await expect.poll(() => said, POLLING).toContainEqual(expect.stringContaining('get-health does not build'));
  expect(said.join('\n')).toContain(HANDLER);
  expect(await health()).toBe(before);
  const count = () => said.filter((line) => line.startsWith('get-health has its new code')).length;
  const built = count();
  writeFileSync(join(copy, HANDLER), original);
  await expect.poll(count, POLLING).toBe(built + 1);
  expect(await health()).toBe(before);
});

test.each([
  'functions/service/get-health/operation.ts',
  'functions/events/notify/trigger.ts',
  'lib/stack/page.ts',
])('a change of %s says that a restart is needed', async (file) => {
  edit(file, (source) => `${source}\n`);
  await expect
    .poll(() => said, POLLING)
    .toContain(`${file} has changed: restart npm run dev, since the template is made of it.`);
});

test('the page is served from its source files, and its settings and the API from the stack', async () => {
  const page = await (await fetch(`${url}/patients/P-1001`, { headers: { accept: 'text/html' } })).text();
  expect(page).toContain('/@vite/client');
  expect(await (await fetch(`${url}/config.json`)).json()).toMatchObject({ issuer: `${url}/local` });
  expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.1' });
  expect(await (await fetch(`${url}/docs`)).text()).toContain('swagger-ui');
  const source = async () => (await fetch(`${url}/src/messages/en.json?import`)).text();
  expect(await source()).toContain('No images yet');
  edit('web/src/messages/en.json', (catalogue) => catalogue.replace('No images yet', 'Nothing yet'));
  await expect.poll(source, POLLING).toContain('Nothing yet');
  expect((await fetch(`${url}/api/nothing`)).status).toBe(404);
});
