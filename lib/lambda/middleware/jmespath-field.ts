/**
 * The part of JMESPath that Powertools' idempotency needs here. Bundles contain this module instead of the complete
 * package, whose 23 KB would be a twentieth of each (`bin/build.ts`). The paths in `idempotency.ts` are field names.
 */
export function search(path: string, data: unknown): unknown {
  if (!/^\w+$/.test(path)) throw new Error(`expected the name of a field, and not ${path}`);
  return (data as Record<string, unknown>)[path];
}

/** Powertools' additional JMESPath functions: none. */
export class PowertoolsFunctions {}
