import { readdirSync, readFileSync } from 'node:fs';

/** The memory of a process without its mapped files, in MB; 0 if it has ended, or without /proc (other than Linux). */
export function anonymousMemoryMb(pid: number | undefined): number {
  const [, kilobytes] = /RssAnon:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

/** The time that each thread of a process and of its children has waited for a CPU so far, in ms by thread id. */
export function cpuWaits(pid: number | undefined): Map<string, number> {
  const threads = list(`/proc/${pid}/task`);
  const children = threads.length > 0 ? read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) : null;
  return new Map([
    ...threads.map((thread): [string, number] => [
      thread,
      cpuWaitMs(read(`/proc/${pid}/task/${thread}/schedstat`)),
    ]),
    ...(children ?? []).flatMap((child) => [...cpuWaits(Number(child))]),
  ]);
}

/**
 * The time that this process, which emulates the services, has waited for a CPU so far, in ms. Other threads than its
 * main one have no part in that.
 */
export const ownCpuWaitMs = (): number => cpuWaitMs(read('/proc/self/schedstat'));

/** The second number of a `schedstat` file: ns in the run queue (Linux, Documentation/scheduler/sched-stats.rst). */
export const cpuWaitMs = (schedstat: string): number => Number(schedstat.split(' ')[1] ?? 0) / 1e6;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // No /proc on this platform, or the process has just ended.
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
