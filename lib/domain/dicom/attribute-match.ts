import { type DicomAttributes, searchName } from './dicom-instance.ts';

/** What an attribute has to be for a search to find it (PS3.4 C.2.2.2). */
export interface AttributeMatch {
  /** The tag of the attribute; before it, those of the sequences that it is in. */
  path: readonly [string, ...string[]];
  /** As the search has it; not empty, for that would match anything. */
  value: string;
  /** Words of a name match where words of it begin so. */
  isFuzzy?: boolean;
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
      return inRange(dateOf(String(value)), wanted, dateOf, '0', '9');
    case 'TM':
      return inRange(timeOf(String(value)), wanted, timeOf, '0', '9');
    case 'UI':
      return listOf(wanted).includes(String(value));
    case 'CS':
      return listOf(wanted).some((each) => fits(String(value), each));
    case 'PN':
      return groupsOf(value).some((name) => matchesName(name, wanted, isFuzzy));
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
function fits(text: string, pattern: string): boolean {
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
  return /^\**$/.test(pattern.slice(next));
}

/** Without what was never date or time. */
const dateOf = (text: string) => text.replaceAll('.', '').trim();
const timeOf = (text: string) => text.replaceAll(':', '').trim();

/**
 * Ranges, open ones too, and single values (C.2.2.2.5). What is left out at the end of either is all that it can be: the
 * hour `10` goes until 10:59.
 */
function inRange(
  value: string,
  wanted: string,
  normalize: (text: string) => string,
  least: string,
  greatest: string,
): boolean {
  const [first = '', last = first] = wanted.split('-').map(normalize);
  // Digits of both after the same places; a fraction of a second is compared as text, which is right for digits.
  return (
    value.padEnd(16, least) >= first.padEnd(16, least) &&
    (last === '' || value.padEnd(16, least) <= last.padEnd(16, greatest))
  );
}

const groupsOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).map(String) : [String(value)];

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
