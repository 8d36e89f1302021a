import { DICOM_JSON, dicomWebPath, type SearchQuery } from '../../api/dicomweb.ts';
import type { DicomSearch } from '../../data/dicom/dicom-search.ts';
import type { DicomStore } from '../../data/dicom/dicom-store.ts';
import { maySee } from '../../domain/access/access.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { recordAccess } from '../../domain/audit/audit-context.ts';
import { listOf, matches } from '../../domain/dicom/attribute-match.ts';
import {
  type DicomAttributes,
  type DicomInstance,
  type DicomSeries,
  type DicomStudy,
  isMember,
  modalitiesOf,
  patientIdAttributes,
  sourcesOf,
} from '../../domain/dicom/dicom-instance.ts';
import { assignmentAttributes, sourceAttributes } from '../../domain/dicom/dicom-source.ts';
import { isUid, studyListFor } from '../../domain/dicom/study-search.ts';
import { DomainError } from '../../domain/errors.ts';
import { normalizePatientId } from '../../domain/patients/normalize-patient-id.ts';
import { chooseOffer } from '../../lambda/http/content-negotiation.ts';
import type { Bytes } from '../../lambda/http/serve-stream.ts';
import { readSearch, type Search, type Within } from './search-request.ts';
import type { SearchLevel } from './searched-attributes.ts';

export interface SearchDeps {
  dicomSearch: Pick<DicomSearch, 'studies'>;
  dicomStore: Pick<DicomStore, 'getStored' | 'listSeries' | 'allInstances'>;
}

interface SearchRequest {
  caller: Caller;
  params: Within | undefined;
  query: SearchQuery;
  headers: Readonly<Record<string, string | undefined>>;
  origin: string;
}

/**
 * Studies, series and instances that one search may read. Beyond that, the client must narrow it (PS3.18 table
 * 10.6.3-1, 413).
 */
const BUDGET = 10_000;

/** The most instances that are read by their UIDs. */
const NAMED_INSTANCES = 100;

/** Patients of one search that the audit log records: each is an item of its own, in one transaction. */
const RECORDED_PATIENTS = 100;

/** One damaged item must not make a search fail. */
const READABLE = { leavesOutDamaged: true };

interface Result {
  patientId: string | null;
  attributes: DicomAttributes;
}

/** Responds to a search (PS3.18 10.6). Results that the caller may not access are left out. */
export async function searchResponse(
  level: SearchLevel,
  request: SearchRequest,
  deps: SearchDeps,
): Promise<Bytes> {
  const { caller, query, origin, params = {} } = request;
  const { type } = chooseOffer(request, [{ type: DICOM_JSON }, { type: 'application/json' }]);
  const search = readSearch(level, params, query);
  const results: Result[] = [];
  let passed = 0;
  let isMore = false;
  for await (const result of resultsOf(search, caller, origin, deps)) {
    if (passed++ < search.offset) continue;
    isMore = results.length === search.limit;
    if (isMore) break;
    results.push(result);
  }
  recordSearch(caller, request, results);
  if (results.length === 0) return { status: 204, headers: {}, body: '' };
  const warning =
    isMore && `299 ${new URL(origin).host} "There are additional results that can be requested"`;
  return {
    headers: { 'content-type': type, ...(warning && { warning }) },
    body: JSON.stringify(results.map(({ attributes }) => pick(attributes, search.fields))),
  };
}

async function* resultsOf(
  search: Search,
  caller: Caller,
  origin: string,
  deps: SearchDeps,
): AsyncGenerator<Result> {
  const { level, limit, offset } = search;
  const own = caller.role === 'patient' ? caller.patientId : undefined;
  const filters = await withStudiesOf(search, deps);
  const isFiltered = filters.study.length > 0 || level !== 'study';
  let examined = 0;
  const examine = () => {
    if (++examined > BUDGET) throw tooBroad();
  };
  const isFound = (attributes: DicomAttributes, at: SearchLevel) =>
    filters[at].every((match) => matches(attributes, match));

  const list = studyListFor(filters.study, own);
  for await (const study of deps.dicomSearch.studies(
    list,
    isFiltered ? 200 : Math.min(offset + limit + 1, 1000),
  )) {
    examine();
    const ofStudy = studyAttributes(study, origin);
    const { patientId } = study;
    if (!maySee(caller, patientId) || !isFound(ofStudy, 'study')) continue;
    if (level === 'study') {
      yield { patientId, attributes: ofStudy };
      continue;
    }
    for (const series of await deps.dicomStore.listSeries(study.studyUid, READABLE)) {
      examine();
      const ofSeries = { ...ofStudy, ...seriesAttributes(series, origin) };
      if (!isFound(ofSeries, 'series')) continue;
      if (level === 'series') {
        yield { patientId, attributes: ofSeries };
        continue;
      }
      for await (const instance of deps.dicomStore.allInstances(study.studyUid, series.seriesUid, READABLE)) {
        examine();
        if (!isMember(study, instance)) continue;
        const attributes = { ...ofSeries, ...instanceAttributes(instance, origin) };
        if (isFound(attributes, 'instance')) yield { patientId, attributes };
      }
    }
  }
}

/** If a search names instances, they are read by their UIDs, and the search is limited to their studies. */
async function withStudiesOf(
  { matches: filters }: Search,
  { dicomStore }: SearchDeps,
): Promise<Search['matches']> {
  const named = filters.instance.find(({ path }) => path[0] === '00080018');
  if (!named || filters.study.some(({ path }) => path[0] === '0020000D')) return filters;
  const uids = listOf(named.value);
  // With a wildcard, or with too many UIDs to read one by one, the search runs without this step.
  if (/^(\*+|"")$/.test(named.value) || uids.length > NAMED_INSTANCES) return filters;
  const found = await Promise.all(uids.filter(isUid).map((uid) => dicomStore.getStored(uid)));
  const studies = found.flatMap((instance) => instance?.studyUid ?? []);
  return { ...filters, study: [...filters.study, { path: ['0020000D'], value: studies.join('\\') || '-' }] };
}

const studyAttributes = (study: DicomStudy, origin: string): DicomAttributes => ({
  ...withoutCharacterSet(study.attributes),
  ...patientAttributes(study),
  ...sourceAttributes(sourcesOf(study)),
  ...assignmentAttributes(study.patientId),
  '00080056': { vr: 'CS', Value: ['ONLINE'] },
  '00080061': { vr: 'CS', Value: modalitiesOf(study) },
  '00081190': { vr: 'UR', Value: [origin + dicomWebPath({ study: study.studyUid })] },
  '00201206': { vr: 'IS', Value: [study.series] },
  '00201208': { vr: 'IS', Value: [study.instances] },
});

const seriesAttributes = (series: DicomSeries, origin: string): DicomAttributes => ({
  ...withoutCharacterSet(series.attributes),
  ...sourceAttributes(sourcesOf(series)),
  '00081190': {
    vr: 'UR',
    Value: [origin + dicomWebPath({ study: series.studyUid, series: series.seriesUid })],
  },
  '00201209': { vr: 'IS', Value: [series.instances] },
});

const instanceAttributes = (instance: DicomInstance, origin: string): DicomAttributes => ({
  ...withoutCharacterSet(instance.attributes),
  ...sourceAttributes([instance.source]),
  '00080056': { vr: 'CS', Value: ['ONLINE'] },
  '00081190': {
    vr: 'UR',
    Value: [
      origin +
        dicomWebPath({ study: instance.studyUid, series: instance.seriesUid, instance: instance.sopUid }),
    ],
  },
  '00083002': { vr: 'UI', Value: [instance.transferSyntaxUid] },
});

/**
 * The Patient ID of a study's patient. If the study was assigned manually, the issuer in its files is left out (PS3.18
 * 10.6.3: the response has the server's values; the files and their metadata stay unchanged).
 */
const patientAttributes = ({ patientId, namedPatient: { id, issuer } }: DicomStudy): DicomAttributes => {
  if (patientId === null) return patientIdAttributes({ id, issuer });
  if (patientId === normalizePatientId(id ?? '')) return patientIdAttributes({ id: patientId, issuer });
  return { ...patientIdAttributes({ id: patientId, issuer: null }), '00100021': { vr: 'LO' } };
};

/** Responses are in UTF-8, whatever the character set of the file (PS3.18 F.2). */
const withoutCharacterSet = ({
  '00080005': _characterSet,
  ...attributes
}: DicomAttributes): DicomAttributes => attributes;

const pick = (attributes: DicomAttributes, fields: Search['fields']): DicomAttributes =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([tag]) => fields === 'all' || fields.has(tag))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const tooBroad = () =>
  new DomainError('PAYLOAD_TOO_LARGE', 'The search is too broad.', {
    details: [
      `more than ${BUDGET} studies, series and instances would have to be looked at`,
      'search by PatientID, AccessionNumber, StudyDate, ModalitiesInStudy, PatientName or a StudyInstanceUID',
    ],
  });

/** Records a search of all patients: the search terms and the first patients found. */
function recordSearch(caller: Caller, { query, params }: SearchRequest, results: readonly Result[]): void {
  const {
    limit: _limit,
    offset: _offset,
    includefield: _includefield,
    fuzzymatching: _fuzzymatching,
    accept: _accept,
    ...sought
  } = query;
  const words = Object.entries({ ...params, ...sought }).map(
    ([name, value]) => `${name}=${[value].flat().join(',')}`,
  );
  recordAccess(caller, 'search', { id: words.join('&').slice(0, 500) });
  const patients = new Set(results.flatMap(({ patientId }) => patientId ?? []));
  for (const patientId of [...patients].slice(0, RECORDED_PATIENTS))
    recordAccess(caller, 'search', { patientId });
}
