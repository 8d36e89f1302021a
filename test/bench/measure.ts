/** The value below which this part (0 to 1) of the values is. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  if (value === undefined) throw new Error('expected at least one value');
  return value;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The milliseconds that the work takes. */
export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/**
 * Measures several works in turns, A B A B …: other work of the machine affects all of them equally.
 *
 * @param measure returns the value of each run; by default its milliseconds
 */
export async function inTurns<Name extends string, T = number>(
  rounds: number,
  works: Record<Name, () => Promise<unknown>>,
  measure: (work: () => Promise<unknown>) => Promise<T> = milliseconds as never,
): Promise<Record<Name, T[]>> {
  const names = Object.keys(works) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let turn = 0; turn < rounds; turn++) {
    for (const name of names) results[name].push(await measure(works[name]));
  }
  return results;
}
