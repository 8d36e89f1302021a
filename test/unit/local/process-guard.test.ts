import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { ProcessGuard } from '../../../lib/local/lambda/process-guard.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const startProcess = () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  return { child, pid: child.pid as number };
};

test('All processes are killed when the guard ends, except those that were removed', async () => {
  const guard = new ProcessGuard();
  const [first, removed, last] = [startProcess(), startProcess(), startProcess()];
  for (const { pid } of [first, removed, last]) guard.add(pid);
  guard.remove(removed.pid);
  const ends = [first, last].map(({ child }) => once(child, 'exit'));
  guard.close();
  expect(await Promise.all(ends)).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGKILL'],
  ]);
  expect([removed.child.exitCode, removed.child.signalCode]).toEqual([null, null]);
});
