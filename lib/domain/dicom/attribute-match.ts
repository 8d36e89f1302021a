import { normalizePatientId } from '../patients/normalize-patient-id.ts';
import { searchName } from '../patients/search-name.ts';
import { type DicomAttributes, nameGroups } from './dicom-instance.ts';
import { inTimeZone, TIMES_OF_DATES } from './time-zone.ts';

/** A condition of a search on one attribute (PS3.4 C.2.2.2). */
export interface AttributeMatch {
  /** The tag of the attribute, after the tags of the sequences that contain it. */
  path: readonly [string, ...string[]];
  /** As in the search request. Not empty, because an empty value matches anything. */
  value: string;
  /** Each word of the value matches if a word of the name begins with it. */
  isFuzzy?: boolean;
  /** For a date: the matching time attribute, if both ranges are combined into one. */
  time?: { tag: string; value: string };
  /**
   * The zone of a date or a time, such as `+0200`: Timezone Offset From UTC of the search (PS3.4 C.2.2.2.5). By default,
   * the local time of the file is compared.
   */
  offset?: string | undefined;
}

const PATIENT_ID = '00100020';

/** The value that matches attributes without a value (PS3.4 C.2.2.2.7, "Empty Value Matching"). */
const EMPTY = '""';

/**
 * Whether the attributes match a search with single values, lists, wildcards and ranges, by the attribute's value
 * representation. Matching is case-sensitive except for person names (PS3.4 C.2.2.2.1), and for patient numbers, whose
 * normal forms are compared.
 */
export function matches(stored: DicomAttributes, match: AttributeMatch): boolean {
  const [tag, ...rest] = match.path;
  const attributes = match.offset === undefined ? stored : inTimeZone(stored, tag, match.offset);
  const { vr = '', Value = [] } = attributes[tag] ?? {};
  const [next, ...further] = rest;
  if (next !== undefined) {
    const inner = { ...match, path: [next, ...further] as const };
    return Value.some((item) => isItem(item) && matches(item, inner));
  }
  const { time } = match;
  if (time) {
    const range = dateTimeRange(match.value, time.value);
    return Value.some((date, i) => isDateIn(date, range, attributes[time.tag]?.Value?.[i] ?? ''));
  }
  const values = Value.filter((value) => value !== null && value !== '');
  if (match.value === EMPTY) return values.length === 0;
  // Any value, or none (C.2.2.2.3).
  if (/^\*+$/.test(match.value)) return true;
  if (tag === PATIENT_ID) {
    return values.some((value) =>
      matchesPattern(normalizePatientId(String(value)), normalizePatientId(match.value)),
    );
  }
  return values.some((value) => matchesValue(vr, value, match));
}

const isItem = (value: unknown): value is DicomAttributes => typeof value === 'object' && value !== null;

function matchesValue(
  vr: string,
  value: unknown,
  { value: wanted, isFuzzy = false }: AttributeMatch,
): boolean {
  switch (vr) {
    case 'DA':
      return isDateIn(value, rangeOf(wanted, dateOf));
    case 'TM':
      return isIn(timeOf(String(value)), rangeOf(wanted, timeOf));
    case 'UI':
      return listOf(wanted).includes(String(value));
    case 'CS':
      return listOf(wanted).some((each) => matchesPattern(String(value), each));
    case 'PN':
      return matchesGroups(nameGroups(value), wanted.split('='), isFuzzy);
    case 'DS':
    case 'IS':
    case 'US':
    case 'UL':
    case 'SS':
    case 'SL':
    case 'FD':
    case 'FL':
      return listOf(wanted).some((each) => each.trim() !== '' && Number(each) === Number(value));
    default:
      return matchesPattern(String(value), wanted);
  }
}

/** Splits a list. The standard has lists of UIDs only (C.2.2.2.2), but viewers also send lists of codes and numbers. */
export const listOf = (text: string): string[] => text.split(/[,\\]/).map((each) => each.trim());

/**
 * Whether the text matches the pattern: `*` matches any characters, `?` matches one (C.2.2.2.4). It uses no regular
 * expression, because a pattern with many stars would cause catastrophic backtracking.
 */
function matchesPattern(value: string, wanted: string): boolean {
  // Compares code points: some ideographs are two UTF-16 code units.
  const [text, pattern] = [[...value], [...wanted]];
  let [at, next] = [0, 0];
  let afterStar: { at: number; next: number } | undefined;
  while (at < text.length) {
    if (pattern[next] === '*') {
      afterStar = { at, next: ++next };
    } else if (pattern[next] === '?' || pattern[next] === text[at]) {
      at++;
      next++;
    } else {
      // The last star matches one more character. Earlier stars need no second attempt.
      if (!afterStar) return false;
      at = ++afterStar.at;
      next = afterStar.next;
    }
  }
  return pattern.slice(next).every((character) => character === '*');
}

/** Removes the separators that older files and clients write in dates and times. */
const dateOf = (text: string) => text.replaceAll('.', '').trim();
const timeOf = (text: string) => text.replace(/[:.]/g, '').trim();

/** The digits of the first and the last value of the range. An empty string is an open end. */
type Range = readonly [first: string, last: string];

/** Parses a range, which may be open, or a single value (C.2.2.2.5). */
function rangeOf(wanted: string, digitsOf: (text: string) => string): Range {
  const [first = '', last = first] = wanted.split('-').map(digitsOf);
  return [first, last];
}

/**
 * Whether a value is in the range. A value without its last components matches every completion: the hour `10` lasts
 * until 10:59, and a date without a time is the whole day.
 */
const isIn = (digits: string, [first, last]: Range): boolean =>
  latest(digits) >= earliest(first) && (last === '' || earliest(digits) <= latest(last));

/** Padded to the digits of a date and a time with microseconds. */
const earliest = (digits: string) => digits.padEnd(20, '0');
const latest = (digits: string) => digits.padEnd(20, '9');

/** Whether a date is in the range. A value that is not a date is in no range, as in the lists of studies by date. */
function isDateIn(date: unknown, range: Range, time: unknown = ''): boolean {
  const day = dateOf(String(date));
  return /^\d{8}$/.test(day) && isIn(day + timeOf(String(time)), range);
}

/**
 * Combines the ranges of a date and of its time into one range, if both have the same form: from that time on the first
 * day to that time on the last day (PS3.18 8.3.4.1.1, PS3.4 C.2.2.2.5.4). Otherwise each is matched separately, and a
 * range of times can't include midnight (C.2.2.2.5.2).
 */
export function combineDateTimes(search: readonly AttributeMatch[]): AttributeMatch[] {
  const combined = new Set<AttributeMatch>();
  const all = search.map((match) => {
    const time = search.find((other) => isTimeOf(match, other));
    if (!time) return match;
    combined.add(time);
    return { ...match, time: { tag: time.path[0], value: time.value } };
  });
  return all.filter((match) => !combined.has(match));
}

const isTimeOf = (date: AttributeMatch, time: AttributeMatch): boolean =>
  [date, time].every(({ path }) => path.length === 1) &&
  TIMES_OF_DATES[date.path[0]] === time.path[0] &&
  formOf(date.value) !== undefined &&
  formOf(date.value) === formOf(time.value);

const formOf = (value: string) =>
  Object.entries({ closed: /^[^-]+-[^-]+$/, from: /^[^-]+-$/, until: /^-[^-]+$/ }).find(([, form]) =>
    form.test(value),
  )?.[0];

/** A range from a time on the first day to a time on the last day. */
function dateTimeRange(dates: string, times: string): Range {
  const [[first, last], [begin, end]] = [rangeOf(dates, dateOf), rangeOf(times, timeOf)];
  return [first && first.padEnd(8, '0') + begin, last && last.padEnd(8, '9') + end];
}

/** Whether the name matches every requested component group. A single group may match any group of the name. */
function matchesGroups(groups: string[], sought: string[], isFuzzy: boolean): boolean {
  const [pattern = '', ...others] = sought;
  if (others.length === 0) return groups.some((name) => name !== '' && matchesName(name, pattern, isFuzzy));
  return sought.every((each, i) => isAnyName(each) || matchesName(groups[i] ?? '', each, isFuzzy));
}

/** Whether a pattern matches every name. */
export const isAnyName = (pattern: string): boolean => /^\**$/.test(pattern);

function matchesName(name: string, wanted: string, isFuzzy: boolean): boolean {
  const [known, sought] = [normalizedName(name), normalizedName(wanted)];
  if (isFuzzy && !/[*?]/.test(wanted)) return startsWordsWith(known, sought);
  return matchesPattern(known, sought);
}

/** Whether each searched word begins a word of the name. */
export function startsWordsWith(name: string, sought: string): boolean {
  const words = wordsOf(name);
  return wordsOf(sought).every((word) => words.some((each) => each.startsWith(word)));
}

const wordsOf = (name: string) => name.split(/[\s^=,.-]+/u).filter((word) => word !== '');

/** Normalizes a name for comparison, without empty components at its end. */
export const normalizedName = (name: string): string => searchName(name).replace(/(?<![\s^])[\s^]+$/, '');
