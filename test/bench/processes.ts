import { readdirSync, readFileSync } from 'node:fs';

/**
 * Linux counts the time of processes in hundredths of a second, for any kernel clock (man 5 proc, `CLK_TCK`).
 */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

interface Process {
  pid: number;
  parent: number;
  cpuMs: number;
  /** In memory now, with its code and libraries. */
  memoryMb: number;
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

/** Megabytes in memory of a process with its descendants, without those whose command is another. Linux only. */
export const memoryOf = (pid: number, command = /./): number =>
  familyOf(pid)
    .filter((each) => command.test(each.command))
    .reduce((sum, { memoryMb }) => sum + memoryMb, 0);

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
    // After the name, which is in brackets and may have spaces: state, parent, …, user and system time, …, and the pages in memory.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    const memoryMb = (Number(fields[21]) * PAGE_BYTES) / 2 ** 20;
    return { pid, parent: Number(fields[1]), cpuMs, memoryMb, command };
  } catch {
    return undefined; // The process has just ended, or there is no /proc.
  }
}
