import { normalizePatientId } from '../patients/normalize-patient-id.ts';
import { PRIVATE } from '../private-attributes.ts';
import {
  type AttributeMatch,
  isAnyName,
  listOf,
  normalizedName,
  startsWordsWith,
} from './attribute-match.ts';

/**
 * The first and the last study date (`YYYYMMDD`) of a search, both included. The last one may have a time (`HHMMSS`). The
 * first one never has: a study without a time matches all times of its day, and comes first in it.
 */
export type Dates = readonly [first: string, last: string];

/** The one index list that a search reads, so that it need not read all studies. */
export type StudyList =
  | { by: 'uids'; uids: readonly string[] }
  /**
   * Includes unassigned studies whose files have the number as Patient ID, unless the search is limited to one patient.
   */
  | { by: 'patient'; patientId: string; alsoUnassigned: boolean; dates?: Dates | undefined }
  | { by: 'unassigned'; dates?: Dates | undefined }
  | { by: 'accession'; accession: string }
  | { by: 'modality'; modality: string; dates?: Dates | undefined }
  | { by: 'name'; prefix: string; matches: (name: string) => boolean }
  | { by: 'date'; dates?: Dates | undefined };

const TAGS = {
  study: '0020000D',
  patientId: '00100020',
  accession: '00080050',
  name: '00100010',
  modalities: '00080061',
  date: '00080020',
};

/**
 * Chooses the list that a search for studies reads: the one that is probably the shortest. The other conditions are
 * then checked for each study of the list.
 *
 * @param own the patient to whom the search is limited
 */
export function studyListFor(search: readonly AttributeMatch[], own: string | undefined): StudyList {
  const sought = new Map(
    search.filter(({ path }) => path.length === 1).map((match) => [match.path[0], match]),
  );
  const exact = (tag: string) => {
    const value = sought.get(tag)?.value;
    return value !== undefined && !/[*?]|^""$/.test(value) ? value : undefined;
  };
  const uids = exact(TAGS.study);
  if (uids !== undefined) return { by: 'uids', uids: [...new Set(listOf(uids).filter(isUid))] };
  const dates = datesOf(sought.get(TAGS.date));
  // The standard has only ranges from an earlier to a later value (PS3.4 C.2.2.2.5.1). Any other range matches nothing.
  if (dates && dates[0] > dates[1]) return { by: 'uids', uids: [] };
  const patientId = own ?? exact(TAGS.patientId);
  if (patientId !== undefined) {
    return {
      by: 'patient',
      patientId: normalizePatientId(patientId),
      alsoUnassigned: own === undefined,
      dates,
    };
  }
  if (exact(PRIVATE.assignment) === 'UNASSIGNED') return { by: 'unassigned', dates };
  const accession = exact(TAGS.accession);
  if (accession !== undefined) return { by: 'accession', accession };
  const name = sought.get(TAGS.name);
  const group = name && groupSought(name.value);
  if (group !== undefined) {
    const isFuzzy = name?.isFuzzy === true && !/[*?]/.test(group);
    const prefix = isFuzzy ? '' : literalPrefix(group);
    // Without a literal prefix, the search would read all names. The studies of a date range are fewer.
    if (prefix !== '' || !dates) return { by: 'name', prefix, matches: matchesName(group, isFuzzy) };
  }
  const modality = exact(TAGS.modalities);
  if (modality !== undefined && listOf(modality).length === 1) return { by: 'modality', modality, dates };
  return { by: 'date', dates };
}

/**
 * Whether the text can be a UID: longer texts or other characters can't (PS3.5 9.1), and DynamoDB refuses keys that are
 * too long.
 */
export const isUid = (text: string) => /^[\d.]{1,64}$/.test(text);

/** The pattern for the list of names, which has an item for each group of a name. Undefined if any name matches. */
const groupSought = (name: string) =>
  name === '""' ? undefined : name.split('=').find((group) => !isAnyName(group));

const literalPrefix = (pattern: string) => /^[^*?]*/.exec(normalizedName(pattern))?.[0] ?? '';

/** Whether a name of the list can match. The study itself is checked afterwards. */
function matchesName(pattern: string, isFuzzy: boolean): (name: string) => boolean {
  const sought = normalizedName(pattern);
  // Words may come in any order, so there is no fixed prefix.
  if (isFuzzy) return (name) => startsWordsWith(name, sought);
  const [first = '', ...pieces] = sought.split(/[*?]+/);
  // The literal parts must occur in this order. This ignores only the number of characters between them.
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    return pieces.every((piece) => {
      const found = name.indexOf(piece, at);
      at = found + piece.length;
      return found >= 0;
    });
  };
}

/** The first and last day of a date or a range, as sortable text; undefined if any date matches. */
function datesOf({ value, time, offset }: Partial<AttributeMatch> = {}): Dates | undefined {
  if (value === undefined || !/^[\d.]*(?:-[\d.]*)?$/.test(value) || !/\d/.test(value)) return undefined;
  const [first = '', last = first] = value.replaceAll('.', '').split('-');
  const days = [first.padEnd(8, '0').slice(0, 8), (last || '9').padEnd(8, '9').slice(0, 8)] as const;
  if (offset === undefined) return [days[0], days[1] + lastTimeOf(time?.value)];
  // The lists have local days, which may be those beside the days of the search's zone.
  return [first ? dayBeside(days[0], -1) : days[0], last ? dayBeside(days[1], 1) : days[1]];
}

/** The day before or after; also for months and days that do not exist. */
const dayBeside = (day: string, days: 1 | -1): string =>
  new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6)) + days))
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '');

/** The end of a range of times, as sortable text; empty if it is open. */
function lastTimeOf(value = ''): string {
  const [, last = ''] = /-(\d[\d:]*)/.exec(value) ?? [];
  return last === '' ? '' : last.replaceAll(':', '').padEnd(6, '9').slice(0, 6);
}
