import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'new-operation-test-'));
  for (const name of ['bin', 'functions', 'lib', 'layers', 'package.json', 'biome.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(copy, name), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const newOperation = (...given: string[]) =>
  spawnSync(process.execPath, ['bin/new-operation.ts', ...given], { cwd: copy, encoding: 'utf8' });
const list = () => readFileSync(join(copy, 'functions/operations.ts'), 'utf8');
/** Runs a tool of the project on the copy; returns its output if it fails. */
function complaints(name: string, ...given: string[]): string {
  const program = join(ROOT, 'node_modules/.bin', name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...given], {
    cwd: copy,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

test('a new operation compiles, is formatted, and is in the list in order', () => {
  const { status, stdout } = newOperation('batches', 'freeze-batch');
  expect(status).toBe(0);
  expect(stdout).toContain('functions/batches/freeze-batch/operation.ts');
  expect(list()).toMatch(
    /delete-batch\/operation\.ts';\n.*download-batch.*\n.*freeze-batch.*\n.*get-batch\//,
  );
  expect(list()).toContain('  getImageSummary,\n  freezeBatch,\n\n');
  // The last of the imports, too.
  expect(newOperation('service', 'zero-all').status).toBe(0);
  writeFileSync(
    join(copy, 'tsconfig.new.json'),
    JSON.stringify({
      extends: './tsconfig.json',
      include: ['bin', 'functions', 'lib'],
    }),
  );
  expect(complaints('tsc', '--noEmit', '-p', 'tsconfig.new.json')).toBe('');
  expect(complaints('biome', 'check', '--vcs-enabled=false', '--error-on-warnings', 'functions')).toBe('');
});

test('an operation that cannot be created has its reason, and nothing is written', () => {
  const before = list();
  for (const given of [[], ['nowhere', 'get-thing'], ['images', 'Thing'], ['images', 'get-image']]) {
    const { status, stderr } = newOperation(...given);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^(Usage: npm run new:operation|There is already an operation get-image)/);
  }
  expect(list()).toBe(before);
  expect(existsSync(join(copy, 'functions/nowhere'))).toBe(false);
});
