import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { countdown, countedMs } from '../../../lib/local/lambda/countdown.ts';
import { cpuWaitMs, cpuWaits } from '../../../lib/local/lambda/proc.ts';

const waits = (of: Record<string, number>) => new Map(Object.entries(of));

describe('The time that counts', () => {
  test('is without the longest wait of a thread for a CPU', () => {
    expect(countedMs(250, waits({ 1: 1000, 2: 50 }), waits({ 1: 1100, 2: 70 }))).toBe(150);
  });

  test('is without the wait of a thread that has just begun', () => {
    expect(countedMs(250, waits({ 1: 1000 }), waits({ 1: 1000, 2: 40 }))).toBe(210);
  });

  test('is all of it if nothing is known of the process', () => {
    expect(countedMs(250, waits({}), waits({}))).toBe(250);
    expect(countedMs(250, waits({ 1: 1000 }), waits({}))).toBe(250);
  });

  test('is at least a fifth, so that a function ends in the end', () => {
    expect(countedMs(250, waits({ 1: 0 }), waits({ 1: 250 }))).toBe(50);
    expect(countedMs(250, waits({ 1: 0 }), waits({ 1: 9999 }))).toBe(50);
  });

  test('is all of it for what may take minutes', () => {
    expect(countedMs(250, waits({ 1: 0 }), waits({ 1: 100 }), 1)).toBe(250);
  });
});

test('The wait is the second number of schedstat, in nanoseconds', () => {
  expect(cpuWaitMs('291777 6480182 2\n')).toBe(6.480182);
  expect(cpuWaitMs('')).toBe(0);
});

test('A process that has ended has waited for nothing', () => {
  expect(cpuWaits(2 ** 22 + 1).size).toBe(0);
  expect(cpuWaits(undefined).size).toBe(0);
});

describe('A countdown', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  const countdownOf = async (pid: number | undefined, ms: number) => {
    const startedAt = performance.now();
    await new Promise<void>((resolve) => countdown(pid, ms, resolve));
    return performance.now() - startedAt;
  };

  test('of a process that sleeps takes its time', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    children.push(child);
    expect(await countdownOf(child.pid, 300)).toBeGreaterThanOrEqual(299);
  });

  test('of a process that shares its CPU with others takes longer', async () => {
    for (let count = 0; count < 4 * availableParallelism(); count += 1) {
      children.push(spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
    }
    // The first quarter of a second counts in full; of the rest, the process has a quarter.
    expect(await countdownOf(children[0]?.pid, 500)).toBeGreaterThan(800);
  });

  test('that is stopped never ends', async () => {
    let hasEnded = false;
    const stop = countdown(process.pid, 20, () => {
      hasEnded = true;
    });
    stop();
    await countdownOf(undefined, 60);
    expect(hasEnded).toBe(false);
  });
});
