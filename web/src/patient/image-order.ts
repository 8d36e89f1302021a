interface Placed {
  id: string;
  order: number;
}

/** A new place, and the images that get it: of one place, those that were uploaded earlier come first. */
export interface Place {
  order: number;
  ids: string[];
}

/**
 * What has to change so that the images stand as they are listed: as few as can be, and never to more than they had, so
 * that what is uploaded later, or is not read yet, still comes after them.
 */
export function placesFor(listed: readonly Placed[]): Place[] {
  const places = new Map<number, string[]>();
  let after: Placed | undefined;
  for (const image of listed.toReversed()) {
    const order = after
      ? Math.min(image.order, image.id < after.id ? after.order : after.order - 1)
      : image.order;
    if (order !== image.order) places.set(order, [image.id, ...(places.get(order) ?? [])]);
    after = { id: image.id, order };
  }
  return [...places].map(([order, ids]) => ({ order, ids }));
}

/** The list with some of its images, which stay together, before another one of it; or at its end. */
export function movedBefore<T extends { id: string }>(
  listed: readonly T[],
  moved: ReadonlySet<string>,
  beforeId: string | undefined,
): T[] {
  const rest = listed.filter(({ id }) => !moved.has(id));
  const found = rest.findIndex(({ id }) => id === beforeId);
  const at = found < 0 ? rest.length : found;
  return [...rest.slice(0, at), ...listed.filter(({ id }) => moved.has(id)), ...rest.slice(at)];
}

/** The list with some of its images one place nearer to its beginning, or to its end, than the first, or last, of them was. */
export function movedBy<T extends { id: string }>(
  listed: readonly T[],
  moved: ReadonlySet<string>,
  step: -1 | 1,
): T[] {
  const places = listed.flatMap(({ id }, place) => (moved.has(id) ? [place] : []));
  const first = places[0] ?? 0;
  const last = places.at(-1) ?? 0;
  const neighbour = step < 0 ? listed[first - 1] : listed[last + 2];
  return movedBefore(
    listed,
    moved,
    step < 0 ? (neighbour ?? listed.find(({ id }) => !moved.has(id)))?.id : neighbour?.id,
  );
}
