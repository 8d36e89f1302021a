import { type ListQuery, queryWithCursors } from './page.ts';
import type { Table } from './table.ts';

/** An item of a list, with its sort key. */
interface Listed<T> {
  item: T;
  sort: string;
}

/**
 * Yields the readable items of a list that is sharded, newest first: one Query for each shard, all at once. Each shard is read
 * further as its items are consumed.
 *
 * @param shards the partitions that hold the list
 */
export async function* queryShards<T>(
  table: Table,
  shards: readonly string[],
  query: Omit<ListQuery<T>, 'partition' | 'newestFirst'>,
  readAtOnce: number,
): AsyncGenerator<Listed<T>> {
  const lists = shards.map((partition) =>
    queryWithCursors(
      table,
      { ...query, partition, newestFirst: true, leavesOutDamaged: true },
      undefined,
      readAtOnce,
    ),
  );
  const nextOf = async (list: (typeof lists)[number]) => {
    const { value, done } = await list.next();
    return done ? [] : [{ list, item: value.item, sort: value.place.sort }];
  };
  const heads = (await Promise.all(lists.map(nextOf))).flat();
  while (heads.length > 0) {
    heads.sort((one, other) => (one.sort < other.sort ? 1 : -1));
    const [{ list, item, sort }] = heads.splice(0, 1) as [(typeof heads)[number]];
    yield { item, sort };
    heads.push(...(await nextOf(list)));
  }
}
