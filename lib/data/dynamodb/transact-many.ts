import type { Table } from './table.ts';
import { type FailedConditions, TRANSACTION_ITEMS, type TransactItem, transact } from './transaction.ts';

/**
 * Makes a change to each of many items while a condition on another item is true, such as that their batch is deleted: as many items
 * in a transaction as it takes. Thousands of transactions with the same condition, one for each item, would take minutes, and
 * concurrent ones would conflict.
 *
 * If a condition of a transaction fails, because one of its items has changed since it was read, nothing of it is done, and its
 * items are changed one by one.
 *
 * @param changeOne changes one item; returns false if the condition is not true any more, which ends the work
 * @param commonOf writes for some items together: a transaction may write an item only once
 */
export async function transactMany<T>(
  table: Table,
  items: AsyncIterable<T>,
  condition: TransactItem,
  writesOf: (item: T) => readonly TransactItem[],
  changeOne: (item: T) => Promise<boolean>,
  commonOf: (items: readonly T[]) => readonly TransactItem[] = () => [],
): Promise<void> {
  const change = async (some: readonly T[]): Promise<boolean> => {
    const failed: FailedConditions = await transact(table, [
      condition,
      ...some.flatMap(writesOf),
      ...commonOf(some),
    ]);
    if (failed.size === 0) return true;
    if (failed.has(0)) return false;
    for (const item of some) if (!(await changeOne(item))) return false;
    return true;
  };
  let some: T[] = [];
  let writes = 1;
  try {
    for await (const item of items) {
      const more = writesOf(item).length;
      if (writes + more + commonOf([...some, item]).length > TRANSACTION_ITEMS) {
        const full = some;
        some = [];
        writes = 1;
        if (!(await change(full))) return;
      }
      some.push(item);
      writes += more;
    }
  } finally {
    // Also if the list can not be read to its end.
    if (some.length > 0) await change(some);
  }
}
