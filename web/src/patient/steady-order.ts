/**
 * The order of tiles while somebody points at them: no tile moves. New ones are last, and those that are gone leave a gap. Only
 * if somebody has moved an image, the new order is used.
 *
 * @param shown ids in the order in which they are shown
 * @param latest ids in the order of the list
 */
export function steadyOrder(shown: readonly string[], latest: readonly string[]): readonly string[] {
  const before = new Set(shown);
  const now = new Set(latest);
  const kept = shown.filter((id) => now.has(id));
  const known = latest.filter((id) => before.has(id));
  if (kept.some((id, index) => id !== known[index])) return latest;
  return [...shown, ...latest.filter((id) => !before.has(id))];
}
