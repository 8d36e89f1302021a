import { readdirSync, readFileSync } from 'node:fs';

/**
 * Linux counts the time of processes in hundredths of a second, for any kernel clock (man 5 proc, `CLK_TCK`).
 */
const TICK_MS = 10;

interface Process {
  pid: number;
  parent: number;
  cpuMs: number;
  command: string;
}

const RUNS_FUNCTION = /lambda\/runtime\.ts/;

/**
 * Milliseconds of CPU time of a process and its descendants, and of those among them that run functions.
 * Linux only.
 */
export function cpuTimeOf(pid: number): { allMs: number; functionsMs: number } {
  const own = familyOf(pid);
  const sum = (part: Process[]) => part.reduce((ms, { cpuMs }) => ms + cpuMs, 0);
  return { allMs: sum(own), functionsMs: sum(own.filter(({ command }) => RUNS_FUNCTION.test(command))) };
}

/**
 * Megabytes in memory of a process with its descendants, without those whose command is another. A page that several processes have,
 * such as the code of Node, counts once, in equal parts (man 5 proc, `Pss`). Linux only.
 */
export const memoryOf = (pid: number, command = /./): number =>
  familyOf(pid)
    .filter((each) => command.test(each.command))
    .reduce((sum, each) => sum + proportionalMb(each.pid), 0);

function proportionalMb(pid: number): number {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0; // It has just ended.
  }
}

/** A process and its descendants. */
export function familyOf(pid: number): Process[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
  const family = new Set([pid]);
  // Children have higher numbers in most cases, but not always.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => family.has(pid));
}

function processOf(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which is in brackets and may have spaces: state, parent, …, and user and system time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return { pid, parent: Number(fields[1]), cpuMs, command };
  } catch {
    return undefined; // The process has just ended, or there is no /proc.
  }
}
