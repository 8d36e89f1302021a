interface Placed {
  id: string;
  order: number;
}

/** A new position, and the images that get it. Images with the same position are sorted by upload time. */
export interface Place {
  order: number;
  ids: string[];
}

/**
 * The changes of positions that give the listed order: as few as possible, and never a higher position than before, so that later
 * uploads and images that are not loaded yet still come after them.
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

/** Moves some images of the list, together, before another image or to the end. */
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

/** Moves some images of the list, together, one place before the first or after the last of them. */
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
