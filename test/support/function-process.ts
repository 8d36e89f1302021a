import { readdirSync, readFileSync } from 'node:fs';

/** The processes in which this process's local stack runs a function (Linux: they are found in /proc). */
export function processesOf(functionId: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return parent === `${process.pid}` && environment.includes(`POWERTOOLS_SERVICE_NAME=${functionId}`);
      } catch {
        return false; // It has just ended.
      }
    })
    .map(Number);
}

/** The peak memory of a process as the kernel reports it, with its code and libraries. */
export function peakMemoryMb(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`nothing is known of the memory of process ${pid}`);
  return Math.round(Number(kilobytes) / 1024);
}
