import { describe, expect, test } from 'vitest';
import { MemoryBound, unmeasuredMb } from '../../../lib/local/lambda/memory-bound.ts';

/** Processes of 100 MB each under a bound. */
function processes(limitMb: number, ...names: string[]) {
  const bound = new MemoryBound(limitMb);
  const ended: string[] = [];
  const all = names.map((name) => ({ memoryMb: 100, kill: () => ended.push(name) }));
  for (const process of all) bound.add(process);
  return { bound, all, ended };
}

describe('The bound on the memory of all functions', () => {
  test('ends nothing as long as one more process fits', () => {
    const { bound, all, ended } = processes(200 + unmeasuredMb, 'a', 'b');
    for (const process of all) bound.idle(process);
    expect(bound.makeRoom()).toBe(true);
    expect(ended).toEqual([]);
  });

  test('ends the least recently used idle processes, and no more than needed', () => {
    const { bound, all, ended } = processes(100 + unmeasuredMb, 'a', 'b', 'c');
    for (const process of all) bound.idle(process);
    bound.busy(all[0] as (typeof all)[0]);
    bound.idle(all[0] as (typeof all)[0]);
    expect(bound.makeRoom()).toBe(true);
    expect(ended).toEqual(['b', 'c']);
  });

  test('ends no busy process', () => {
    const { bound, all, ended } = processes(200, 'busy', 'idle', 'busy too');
    bound.idle(all[1] as (typeof all)[1]);
    expect(bound.makeRoom()).toBe(false);
    expect(ended).toEqual(['idle']);
  });

  test('ends idle processes when a busy one has grown', () => {
    const { bound, all, ended } = processes(200, 'busy', 'idle');
    const [busy, idle] = all as [(typeof all)[0], (typeof all)[0]];
    bound.idle(idle);
    busy.memoryMb = 150;
    bound.measured();
    expect(ended).toEqual(['idle']);
  });

  test('tells who waits for room when a process is idle or has ended, once', () => {
    const { bound, all } = processes(200, 'a', 'b');
    const [first, second] = all as [(typeof all)[0], (typeof all)[0]];
    let told = 0;
    const wait = () => bound.whenChanged(() => (told += 1));
    wait();
    bound.idle(first);
    bound.idle(second);
    expect(told).toBe(1);
    wait();
    bound.remove(second);
    expect(told).toBe(2);
  });
});
