/** How many requests run at a time: a person may have five. */
const AT_ONCE = 4;

/** Does the same for each of many, some at a time. Resolves to those that failed, with the first error. */
export async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<{ failed: T[]; error: unknown }> {
  const failed: T[] = [];
  let error: unknown;
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      await work(item).catch((reason: unknown) => {
        failed.push(item);
        error ??= reason;
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { failed, error };
}

/** The same, and throws the first error if one failed. */
export async function allOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const { failed, error } = await eachOf(items, work);
  if (failed.length > 0) throw error;
}
