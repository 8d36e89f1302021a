/**
 * Maps items with an asynchronous function, at most `atOnce` at a time, and yields the results in the order of the
 * items.
 *
 * @param discard is called with results that were computed in advance and not consumed
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
  discard: (result: R) => void = () => {},
): AsyncGenerator<R> {
  const ahead: Promise<R>[] = [];
  const start = (item: T) => {
    const promise = work(item);
    // The failure is reported when the result is awaited, which may never happen.
    promise.catch(() => {});
    ahead.push(promise);
  };
  try {
    for await (const item of items) {
      start(item);
      if (ahead.length >= atOnce) yield await (ahead.shift() as Promise<R>);
    }
    for (let next = ahead.shift(); next; next = ahead.shift()) yield await next;
  } finally {
    for (const promise of ahead) promise.then(discard, () => {});
  }
}

/** Computes the first item eagerly, so that its failure can still become an error response. */
export async function prefetchFirst<T>(items: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await items.next();
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      yield* items;
    } finally {
      await items.return(undefined);
    }
  })();
}
