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

/**
 * Milliseconds of CPU time of a process and its descendants, and of those among them that run functions.
 * Linux only.
 */
export function cpuTimeOf(pid: number): { allMs: number; functionsMs: number } {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
  const family = new Set([pid]);
  // Children have higher numbers in most cases, but not always.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const sum = (part: Process[]) => part.reduce((ms, { cpuMs }) => ms + cpuMs, 0);
  const own = processes.filter(({ pid }) => family.has(pid));
  return { allMs: sum(own), functionsMs: sum(own.filter(({ command }) => command.includes('runtime.ts'))) };
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
