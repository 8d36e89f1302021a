import { setTimeout as sleep } from 'node:timers/promises';
import { reconcileAll } from '../support/reconciling.ts';
import { type ServiceUnderTest, violationsOf } from './invariants.ts';
import type { Ledger } from './ledger.ts';
import type { StackInProcess } from './stack-in-process.ts';

/** Later than anything that the reconciliation waits for. */
const LATER_MS = 3 * 86_400_000;
const ROUNDS = 40;
const PAUSE_MS = 3000;

/** The number of each finding in all rounds of the reconciliation. */
export type Repairs = Record<string, number>;

/**
 * Reconciles until nothing is left to repair, then checks the invariants.
 *
 * @returns the violations, and what was repaired before
 */
export async function settle(
  ledger: Ledger,
  stack: StackInProcess,
): Promise<{ violations: string[]; repairs: Repairs }> {
  const repairs: Repairs = {};
  const reconcile = async () => {
    const at = new Date(Date.now() + LATER_MS);
    const found = await reconcileAll(stack.environment, { at, retriesFailed: true, deletesOrphans: true });
    return Object.fromEntries(Object.entries(found).map(([name, text]) => [name, Number.parseInt(text, 10)]));
  };
  for (let round = 0; round < ROUNDS; round++) {
    const found = await reconcile();
    for (const [name, number] of Object.entries(found)) repairs[name] = (repairs[name] ?? 0) + number;
    if (Object.keys(found).length === 0) break;
    await sleep(PAUSE_MS);
  }
  return { violations: await violationsOf(ledger, { ...inspect(stack), reconcile }), repairs };
}

export const inspect = ({ url, tokens }: StackInProcess): Pick<ServiceUnderTest, 'send'> => ({
  send: (user, method, path) =>
    fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${tokens[user]}` },
    }),
});
