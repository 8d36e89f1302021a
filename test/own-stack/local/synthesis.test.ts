import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { synthesize } from '../../../lib/local/synthesis.ts';

let projectDir: string;
let phases: string[];

beforeEach(() => {
  projectDir = mkdtempSync(path.join(tmpdir(), 'synthesis-test-'));
  mkdirSync(path.join(projectDir, 'bin'));
  writeFileSync(path.join(projectDir, 'cdk.json'), '{"context":{"limit":7}}');
  writeFileSync(
    path.join(projectDir, 'bin/app.ts'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
     const dir = process.env.CDK_OUTDIR as string;
     process.send?.('Synthesizing');
     mkdirSync(dir);
     writeFileSync(dir + '/context.json', process.env.CDK_CONTEXT_JSON as string);`,
  );
  phases = [];
});
afterEach(() => rmSync(projectDir, { recursive: true, force: true }));

const run = (orthancUrl?: string) =>
  synthesize({
    projectDir,
    dataDir: path.join(projectDir, '.local'),
    verbose: false,
    orthancUrl,
    onPhase: (phase) => phases.push(phase),
  });

test('the first start runs the app for a laptop, with the context of cdk.json', async () => {
  mkdirSync(path.join(projectDir, '.local'));
  const cdkOut = await run();
  expect(phases).toEqual(['Synthesizing']);
  expect(readFileSync(path.join(cdkOut, 'context.json'), 'utf8')).toBe('{"limit":7,"laptop":{"scan":false}}');
});

test('an unchanged tree does not, a changed one does', async () => {
  mkdirSync(path.join(projectDir, '.local'));
  await run();
  await run();
  expect(phases).toHaveLength(1);
  appendFileSync(path.join(projectDir, 'bin/app.ts'), '// changed');
  await run();
  expect(phases).toHaveLength(2);
});

test('another Orthanc setting makes another stack', async () => {
  mkdirSync(path.join(projectDir, '.local'));
  await run();
  const url = 'http://127.0.0.1:8042';
  const cdkOut = await run(url);
  expect(readFileSync(path.join(cdkOut, 'context.json'), 'utf8')).toContain(
    `{"orthancUrl":"${url}","scan":false}`,
  );
  await run(url);
  expect(phases).toHaveLength(2);
  await run();
  expect(phases).toHaveLength(3);
});

test('a failure is reported, and the next start does not take it for a success', async () => {
  mkdirSync(path.join(projectDir, '.local'));
  writeFileSync(path.join(projectDir, 'bin/app.ts'), 'process.exit(1)');
  await expect(run()).rejects.toThrow('bin/app.ts failed');
  await expect(run()).rejects.toThrow('bin/app.ts failed');
});
