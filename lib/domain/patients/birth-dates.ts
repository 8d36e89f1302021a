/** A day that exists, as ISO 8601; undefined if it does not, or nobody can have been born then. */
function dayOf(year: number, month: number, day: number, now: Date): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  // A birth date may be today's in a time zone that is ahead.
  const isPossible = year >= 1850 && date.getTime() <= now.getTime() + 86_400_000;
  return isReal && isPossible ? date.toISOString().slice(0, 10) : undefined;
}

/** A year of two digits is the latest one that has begun. */
function yearOf(text: string, now: Date): number {
  const year = Number(text);
  if (text.length !== 2) return year;
  const century = Math.floor(now.getUTCFullYear() / 100) * 100;
  return century + year <= now.getUTCFullYear() ? century + year : century + year - 100;
}

/**
 * The birth dates that a text may mean, as people write them: `1970-03-21`, `21.3.1970`, `21/03/70`, `19700321`. With slashes the
 * day or the month may come first, so that there can be two. A date that lacks its day (`1970-03`) is returned as it is.
 */
export function birthDatesIn(text: string, now: Date): string[] {
  const word = text.trim();
  const numbers = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})$/.exec(word);
  if (numbers) {
    const [, first, separator, second, year = ''] = numbers;
    const [one, other, in_] = [Number(first), Number(second), yearOf(year, now)];
    const found = [dayOf(in_, other, one, now), ...(separator === '/' ? [dayOf(in_, one, other, now)] : [])];
    return [...new Set(found.filter((day) => day !== undefined))];
  }
  if (/^\d{4}-\d{2}$/.test(word)) return [word];
  const [, year, month, day] = /^(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})$/.exec(word) ?? [];
  if (year === undefined || (!/[-./]/.test(word) && word.length !== 8)) return [];
  return [dayOf(Number(year), Number(month), Number(day), now)].filter((found) => found !== undefined);
}
