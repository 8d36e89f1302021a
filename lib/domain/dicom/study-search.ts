import { PRIVATE } from '../private-attributes.ts';
import {
  type AttributeMatch,
  isAnyName,
  listOf,
  normalizedName,
  startsWordsWith,
} from './attribute-match.ts';

/** The first and the last study date (`YYYYMMDD`) that count. */
export type Dates = readonly [first: string, last: string];

/** What finds studies without looking at all of them: the one list that the search begins with. */
export type StudyList =
  | { by: 'uids'; uids: readonly string[] }
  /** With those of nobody whose files have the number as their Patient ID, where the search is not confined to a patient. */
  | { by: 'patient'; patientId: string; alsoUnassigned: boolean; dates?: Dates | undefined }
  | { by: 'unassigned'; dates?: Dates | undefined }
  | { by: 'accession'; accession: string }
  | { by: 'modality'; modality: string; dates?: Dates | undefined }
  | { by: 'name'; prefix: string; fits: (name: string) => boolean }
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
 * The list that a search for studies begins with: the one that is likely to be the shortest. What else is searched for is
 * looked at in each study of it.
 *
 * @param own the patient to whom the search is confined
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
  const dates = datesOf(sought.get(TAGS.date)?.value);
  // The standard has ranges from the earlier to the later only (PS3.4 C.2.2.2.5.1): nothing lies in any other.
  if (dates && dates[0] > dates[1]) return { by: 'uids', uids: [] };
  const patientId = own ?? exact(TAGS.patientId);
  if (patientId !== undefined) return { by: 'patient', patientId, alsoUnassigned: own === undefined, dates };
  if (exact(PRIVATE.assignment) === 'UNASSIGNED') return { by: 'unassigned', dates };
  const accession = exact(TAGS.accession);
  if (accession !== undefined) return { by: 'accession', accession };
  const name = sought.get(TAGS.name);
  const group = name && groupSought(name.value);
  if (group !== undefined) {
    const isFuzzy = name?.isFuzzy === true && !/[*?]/.test(group);
    const prefix = isFuzzy ? '' : literalPrefix(group);
    // A name that begins with anything would be looked for among all: those of some days are fewer.
    if (prefix !== '' || !dates) return { by: 'name', prefix, fits: fitsName(group, isFuzzy) };
  }
  const modality = exact(TAGS.modalities);
  if (modality !== undefined && listOf(modality).length === 1) return { by: 'modality', modality, dates };
  return { by: 'date', dates };
}

/** No UID is longer or has other characters (PS3.5 9.1), and DynamoDB refuses keys that are too long. */
export const isUid = (text: string) => /^[\d.]{1,64}$/.test(text);

/** The pattern by which names are looked for in the list, which has each group of them; none where any name will do. */
const groupSought = (name: string) =>
  name === '""' ? undefined : name.split('=').find((group) => !isAnyName(group));

const literalPrefix = (pattern: string) => /^[^*?]*/.exec(normalizedName(pattern))?.[0] ?? '';

/** Whether a name of the list may be meant; the study itself is looked at afterwards. */
function fitsName(pattern: string, isFuzzy: boolean): (name: string) => boolean {
  const sought = normalizedName(pattern);
  // Where words may come in any order, none is first.
  if (isFuzzy) return (name) => startsWordsWith(name, sought);
  const [first = '', ...pieces] = sought.split(/[*?]+/);
  // In this order, one after the other: all that the pattern says but the number of characters between.
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

/** The days of a date or a range, as text that sorts as they do; undefined where any date will do. */
function datesOf(value: string | undefined): Dates | undefined {
  if (value === undefined || !/^[\d.]*-?[\d.]*$/.test(value) || !/\d/.test(value)) return undefined;
  const [first = '', last = first] = value.replaceAll('.', '').split('-');
  return [first.padEnd(8, '0').slice(0, 8), (last || '9').padEnd(8, '9').slice(0, 8)];
}
