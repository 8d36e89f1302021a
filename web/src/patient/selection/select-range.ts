/** The images from one to the other, in the order of the list. Only the other one, if the first is not in the list. */
export function rangeOf<T extends { id: string }>(
  listed: readonly T[],
  fromId: string | undefined,
  toId: string,
): T[] {
  const to = listed.findIndex(({ id }) => id === toId);
  const found = listed.findIndex(({ id }) => id === fromId);
  const from = found < 0 ? to : found;
  return listed.slice(Math.min(from, to), Math.max(from, to) + 1);
}
