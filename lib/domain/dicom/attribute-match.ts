import { type DicomAttributes, nameGroups, searchName } from './dicom-instance.ts';

/** What an attribute has to be for a search to find it (PS3.4 C.2.2.2). */
export interface AttributeMatch {
  /** The tag of the attribute; before it, those of the sequences that it is in. */
  path: readonly [string, ...string[]];
  /** As the search has it; not empty, for that would match anything. */
  value: string;
  /** Words of a name match where words of it begin so. */
  isFuzzy?: boolean;
  /** Of a date: the time that belongs to it, where the ranges of both are one. */
  time?: { tag: string; value: string };
}

/** The values that match an attribute that has none (PS3.4 C.2.2.2.7, "Empty Value Matching"). */
const EMPTY = '""';

/**
 * Whether the attributes are what is searched for: single values, lists, wildcards and ranges, as the attribute's value
 * representation has it. Capitals count but in names of people (PS3.4 C.2.2.2.1).
 */
export function matches(attributes: DicomAttributes, match: AttributeMatch): boolean {
  const [tag, ...rest] = match.path;
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
      return listOf(wanted).some((each) => fits(String(value), each));
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
      return fits(String(value), wanted);
  }
}

/** Of UIDs, a list is the standard's (C.2.2.2.2); of codes and numbers, viewers send it too. */
export const listOf = (text: string): string[] => text.split(/[,\\]/).map((each) => each.trim());

/**
 * Whether the text is as the pattern says: `*` stands for any characters, `?` for one (C.2.2.2.4). Without a regular
 * expression, for which a pattern of many stars is work without end.
 */
function fits(value: string, wanted: string): boolean {
  // Some ideographs are two units of UTF-16.
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
      // The last star takes one more; what was before it can stay as it is.
      if (!afterStar) return false;
      at = ++afterStar.at;
      next = afterStar.next;
    }
  }
  return pattern.slice(next).every((character) => character === '*');
}

/** Without what was never date or time. */
const dateOf = (text: string) => text.replaceAll('.', '').trim();
const timeOf = (text: string) => text.replace(/[:.]/g, '').trim();

/** The digits of the first and the last that are meant; empty where it is open there. */
type Range = readonly [first: string, last: string];

/** Of ranges, open ones too, and of single values (C.2.2.2.5). */
function rangeOf(wanted: string, digitsOf: (text: string) => string): Range {
  const [first = '', last = first] = wanted.split('-').map(digitsOf);
  return [first, last];
}

/**
 * What is left out at the end of a value, or of what is sought, is all that it can be: the hour `10` goes until 10:59, and a
 * day without a time is all of that day.
 */
const isIn = (digits: string, [first, last]: Range): boolean =>
  latest(digits) >= earliest(first) && (last === '' || earliest(digits) <= latest(last));

/** With the places that a date and a time to the microsecond have. */
const earliest = (digits: string) => digits.padEnd(20, '0');
const latest = (digits: string) => digits.padEnd(20, '9');

/** What is no date lies nowhere, in the lists of studies by date as well. */
function isDateIn(date: unknown, range: Range, time: unknown = ''): boolean {
  const day = dateOf(String(date));
  return /^\d{8}$/.test(day) && isIn(day + timeOf(String(time)), range);
}

/** Times by the dates that they belong to, of all that are kept. */
const TIMES_OF_DATES: Readonly<Record<string, string>> = {
  '00080012': '00080013',
  '00080020': '00080030',
  '00080021': '00080031',
  '00080022': '00080032',
  '00080023': '00080033',
  '00400244': '00400245',
};

/**
 * Makes one range of the ranges of a date and of the time that belongs to it, where both have the same form: from that time
 * on the first day to that time on the last (PS3.18 8.3.4.1.1, PS3.4 C.2.2.2.5.4). Otherwise each counts for itself, and a
 * time has no range over midnight (C.2.2.2.5.2).
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

/** A range whose days begin and end at some time. */
function dateTimeRange(dates: string, times: string): Range {
  const [[first, last], [begin, end]] = [rangeOf(dates, dateOf), rangeOf(times, timeOf)];
  return [first && first.padEnd(8, '0') + begin, last && last.padEnd(8, '9') + end];
}

/** Whether the name has all of the groups that are sought, of which one alone may be any of them. */
function matchesGroups(groups: string[], sought: string[], isFuzzy: boolean): boolean {
  const [pattern = '', ...others] = sought;
  if (others.length === 0) return groups.some((name) => name !== '' && matchesName(name, pattern, isFuzzy));
  return sought.every((each, i) => isAnyName(each) || matchesName(groups[i] ?? '', each, isFuzzy));
}

/** Whether a pattern says nothing of a name. */
export const isAnyName = (pattern: string): boolean => /^\**$/.test(pattern);

function matchesName(name: string, wanted: string, isFuzzy: boolean): boolean {
  const [known, sought] = [normalizedName(name), normalizedName(wanted)];
  if (isFuzzy && !/[*?]/.test(wanted)) return startsWordsWith(known, sought);
  return fits(known, sought);
}

/** Every word that is sought begins a word of the name. */
export function startsWordsWith(name: string, sought: string): boolean {
  const words = wordsOf(name);
  return wordsOf(sought).every((word) => words.some((each) => each.startsWith(word)));
}

const wordsOf = (name: string) => name.split(/[\s^=,.-]+/u).filter((word) => word !== '');

/** A name as it is compared here: its empty components at the end are left out. */
export const normalizedName = (name: string): string => searchName(name).replace(/[\s^]+$/, '');
