import type { SearchQuery } from '../../api/dicomweb.ts';
import { type AttributeMatch, combineDateTimes } from '../../domain/dicom/attribute-match.ts';
import { isOffset, TIMEZONE_OFFSET } from '../../domain/dicom/time-zone.ts';
import { DomainError } from '../../domain/errors.ts';
import { DEFAULT_ATTRIBUTES, levelOf, type SearchLevel, tagOf } from './searched-attributes.ts';

/** A parsed search. */
export interface Search {
  level: SearchLevel;
  matches: Record<SearchLevel, AttributeMatch[]>;
  /** The tags to return; `all` for every stored attribute. */
  fields: ReadonlySet<string> | 'all';
  limit: number;
  offset: number;
}

/** The study and series in the path. */
export interface Within {
  study?: string | undefined;
  series?: string | undefined;
}

const LEVELS = ['study', 'series', 'instance'] as const;

/** The most results of one response. A viewer that sets no limit expects all series and instances of a study. */
const MOST: Record<SearchLevel, number> = { study: 1000, series: 5000, instance: 5000 };

/** Parameters that are not attributes. The last two are for features that this service does not have. */
const OPTIONS = new Set([
  'accept',
  'limit',
  'offset',
  'fuzzymatching',
  'includefield',
  'charset',
  'emptyvaluematching',
]);

/**
 * Parses a search (PS3.18 8.3.4 and 10.6.1).
 *
 * An attribute that is not stored is refused: ignoring it would return more results than requested.
 *
 * @throws DomainError BAD_REQUEST with every attribute that can't be searched by
 */
export function readSearch(level: SearchLevel, within: Within, query: SearchQuery): Search {
  const faults: string[] = [];
  const isFuzzy = query.fuzzymatching === 'true';
  const matches: Search['matches'] = { study: [], series: [], instance: [] };
  const fields = new Set<string>(
    LEVELS.filter((each) => isReturned(each, level, within)).flatMap((each) => DEFAULT_ATTRIBUTES[each]),
  );
  for (const uid of ['0020000D', ...(level === 'study' ? [] : ['0020000E'])]) fields.add(uid);
  if (within.study) matches.study.push({ path: ['0020000D'], value: within.study });
  if (within.series) matches.series.push({ path: ['0020000E'], value: within.series });

  const offset = offsetOf(query, faults);
  for (const [name, values] of Object.entries(query)) {
    if (OPTIONS.has(name)) continue;
    const path = pathOf(name, level);
    // It is not matched, but says of which zone the dates and times of the search are (PS3.4 C.2.2.2.5).
    if (path?.[0] === TIMEZONE_OFFSET && path.length === 1) continue;
    const kept = path && levelOf(path[0]);
    if (!path || !kept || LEVELS.indexOf(kept) > LEVELS.indexOf(level)) {
      faults.push(`${name} is not an attribute by which ${NAMES[level]} are searched`);
      continue;
    }
    fields.add(path[0]);
    const all = [values].flat() as string[];
    // The standard has lists of UIDs only, and some clients repeat the parameter instead.
    if (all.length > 1 && !/UID$/.test(name) && !UIDS.has(path[0]))
      faults.push(`${name} is given more than once`);
    const value = all.join('\\').trim();
    if (value !== '') matches[kept].push({ path, value, isFuzzy, ...(offset && { offset }) });
  }
  if (faults.length > 0) throw new DomainError('BAD_REQUEST', 'Validation failed', { details: faults });

  const wanted = [query.includefield ?? []].flat().flatMap((text) => text.split(','));
  for (const name of wanted) {
    const tag = tagOf(name.trim());
    if (tag) fields.add(tag);
  }
  return {
    level,
    matches: {
      study: combineDateTimes(matches.study),
      series: combineDateTimes(matches.series),
      instance: combineDateTimes(matches.instance),
    },
    fields: wanted.includes('all') ? 'all' : fields,
    limit: Math.min(query.limit ?? MOST[level], MOST[level]),
    offset: query.offset,
  };
}

/** The zone of the dates and times in a search. */
function offsetOf(query: SearchQuery, faults: string[]): string | undefined {
  const given = Object.entries(query).find(([name]) => tagOf(name) === TIMEZONE_OFFSET)?.[1];
  if (given === undefined || given === '' || isOffset(given)) return given || undefined;
  faults.push(`TimezoneOffsetFromUTC must be an offset such as +0200 (%2B0200 in a URL); received ${given}`);
  return undefined;
}

const NAMES = { study: 'studies', series: 'series', instance: 'instances' };
const UIDS = new Set(['0020000D', '0020000E', '00080018', '00080016']);

/**
 * Attributes of a study or series in the path are not returned, because the client knows them; otherwise each result
 * has them (10.6.3.3).
 */
const isReturned = (each: SearchLevel, level: SearchLevel, { study, series }: Within): boolean =>
  each === level ||
  (each === 'study' && study === undefined) ||
  (each === 'series' && level === 'instance' && series === undefined);

/** `00400275.00400009` is an attribute within the items of a sequence. */
function pathOf(name: string, level: SearchLevel): AttributeMatch['path'] | undefined {
  const [first, ...rest] = name.split('.').map(tagOf);
  if (first === undefined || rest.includes(undefined)) return undefined;
  // A study has no Modality of its own: this means the modalities of its series.
  if (level === 'study' && first === '00080060') return ['00080061'];
  return [first, ...(rest as string[])];
}
