/**
 * What the work makes of each item, in the items' order, while it is done for a few of them ahead.
 *
 * @param discard is called with what was made ahead and nobody took
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
  discard: (result: R) => void = () => {},
): AsyncGenerator<R> {
  const ahead: Promise<R>[] = [];
  const start = (item: T) => {
    const promise = work(item);
    // Its failure is heard when its turn comes, which may be never.
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

/** The same, with its first item made already: what goes wrong at once can be answered before anything is sent. */
export async function primed<T>(items: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
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
