import { readdirSync, readFileSync } from 'node:fs';

/** The resident memory of a process and of all its descendants, without files that are only mapped; MB. Linux only. */
export function memoryOf(pid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = read(`/proc/${name}/status`, /^PPid:\s+(\d+)/m);
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const isOurs = (process: number): boolean => {
    if (process === pid) return true;
    const parent = parents.get(process);
    return parent !== undefined && parent > 1 && isOurs(parent);
  };
  const ours = [...parents.keys()].filter(isOurs);
  return (
    ours.reduce((sum, each) => sum + (read(`/proc/${each}/status`, /^RssAnon:\s+(\d+)/m) ?? 0), 0) / 1024
  );
}

/** A number in a file; undefined if the process has ended. */
function read(file: string, pattern: RegExp): number | undefined {
  try {
    const [, found] = pattern.exec(readFileSync(file, 'utf8')) ?? [];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
