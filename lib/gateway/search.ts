import * as z from 'zod';
import { RefusedRequest, type ServiceClient } from '../cli/service-client.ts';
import type { DicomJson, JsonAttribute } from '../media/dicom/json-model.ts';
import type { DataSet } from '../media/dicom/parse/data-set.ts';
import { textValue, textValues } from '../media/dicom/parse/text-values.ts';

/** The levels of the information model (PS3.4 C.6). */
export type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

export const TAG = {
  level: '00080052',
  characterSet: '00080005',
  patientId: '00100020',
  study: '0020000D',
  series: '0020000E',
  sopClass: '00080016',
  sopInstance: '00080018',
  transferSyntax: '00083002',
  retrieveAe: '00080054',
} as const;

/** Results of one request to the service. */
const PAGE = 500;

const Results = z
  .array(
    z.record(
      z.string(),
      z.custom<JsonAttribute>((value) => typeof value === 'object'),
    ),
  )
  .default([]);

/** Returns the level of a query. @throws RangeError if it has none */
export function levelOf(identifier: DataSet): Level {
  const level = textValue(identifier, TAG.level);
  if (level === 'PATIENT' || level === 'STUDY' || level === 'SERIES' || level === 'IMAGE') return level;
  throw new RangeError(`Expected a Query/Retrieve Level, received ${level ?? 'none'}`);
}

/** The results of a search as they come, with the attributes by which the service could not search. */
export interface Search {
  results: AsyncIterable<DicomJson>;
  /** Complete after the first result. */
  ignored: Set<string>;
}

/**
 * Searches the service by the attributes of an identifier (PS3.4 C.4.1.1.3), whose matching is that of QIDO-RS
 * (PS3.18 8.3.4.1). Empty attributes are asked for.
 */
export function search(client: ServiceClient, level: Level, identifier: DataSet): Search {
  const ignored = new Set<string>();
  return { results: pages(client, level, identifier, ignored), ignored };
}

async function* pages(
  client: ServiceClient,
  level: Level,
  identifier: DataSet,
  ignored: Set<string>,
): AsyncGenerator<DicomJson> {
  const patients = new Set<string>();
  for (let offset = 0; ; offset += PAGE) {
    const page = await onePage(client, `${RESOURCE[level]}?${queryOf(identifier, ignored, offset)}`, ignored);
    if (!page) {
      // Again, without what the service does not know.
      offset -= PAGE;
      continue;
    }
    for (const result of page) {
      const patient = JSON.stringify(result[TAG.patientId]?.Value ?? []);
      if (level === 'PATIENT' && patients.has(patient)) continue;
      if (level === 'PATIENT') patients.add(patient);
      yield result;
    }
    if (page.length < PAGE) return;
  }
}

const RESOURCE: Record<Level, string> = {
  PATIENT: '/dicom-web/studies',
  STUDY: '/dicom-web/studies',
  SERIES: '/dicom-web/series',
  IMAGE: '/dicom-web/instances',
};

/** Returns undefined if the service refuses attributes that were not in `ignored`, where they are then. */
async function onePage(
  client: ServiceClient,
  path: string,
  ignored: Set<string>,
): Promise<DicomJson[] | undefined> {
  try {
    return await client.json(Results, 'GET', path);
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    const before = ignored.size;
    for (const detail of error.details) {
      const [, tag] = /^([0-9A-F]{8}) is not an attribute/.exec(detail) ?? [];
      if (tag) ignored.add(tag);
    }
    if (ignored.size === before) throw error;
    return undefined;
  }
}

function queryOf(identifier: DataSet, ignored: ReadonlySet<string>, offset: number): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE), offset: String(offset) });
  for (const [tag, { items }] of identifier.elements) {
    if (tag === TAG.level || tag === TAG.characterSet || tag === TAG.retrieveAe || tag.endsWith('0000'))
      continue;
    // Items of sequences are not matched, as PS3.4 allows for optional keys.
    const values = items ? [] : textValues(identifier, tag).filter((value) => value !== '' && value !== '*');
    if (values.length === 0 || ignored.has(tag)) query.append('includefield', tag);
    else for (const value of values) query.append(tag, value);
  }
  return query;
}
