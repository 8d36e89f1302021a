import { readdirSync, readFileSync } from 'node:fs';

/** What the processes of a group use. */
export interface Usage {
  /** CPU time of each process so far, in seconds, by its id. */
  cpuSeconds: Map<number, number>;
  /** Resident bytes of all of them now. */
  residentBytes: number;
}

/** Linux counts CPU time in hundredths of a second for programs (time(7), "The software clock, HZ, and jiffies"). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Reads what the processes of a group use (proc_pid_stat(5)). The group of a detached process has its id. */
export function usageOfGroup(group: number): Usage {
  const usage: Usage = { cpuSeconds: new Map(), residentBytes: 0 };
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const fields = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (Number(fields?.[2]) !== group || !fields) continue;
    usage.cpuSeconds.set(pid, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND);
    usage.residentBytes += Number(fields[21]) * PAGE_BYTES;
  }
  return usage;
}

/** The fields after the name, which may contain spaces: state, parent, group, … Undefined if the process has ended. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
