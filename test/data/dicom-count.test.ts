import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { v7 as newId } from 'uuid';
import { beforeAll, expect, test } from 'vitest';
import { SearchQuery } from '../../lib/api/dicomweb.ts';
import { DicomDeletions } from '../../lib/data/dicom/dicom-deletions.ts';
import { DicomErasure } from '../../lib/data/dicom/dicom-erasure.ts';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import { DicomSearch } from '../../lib/data/dicom/dicom-search.ts';
import { DicomStore } from '../../lib/data/dicom/dicom-store.ts';
import { DicomStudies } from '../../lib/data/dicom/dicom-studies.ts';
import { patientAmountKey, STORED, uploaderAmountKey } from '../../lib/data/keys.ts';
import { deletionBy } from '../../lib/domain/deletion.ts';
import {
  DicomDeletion,
  deletedPath,
  levelOf,
  newDicomDeletion,
} from '../../lib/domain/dicom/dicom-deletion.ts';
import {
  DicomInstance,
  DicomSeries,
  DicomStudy,
  isShown,
  modalitiesOf,
  sourcesOf,
} from '../../lib/domain/dicom/dicom-instance.ts';
import type { StudyList } from '../../lib/domain/dicom/study-search.ts';
import type { DicomPath } from '../../lib/domain/dicom/uids.ts';
import { DomainError } from '../../lib/domain/errors.ts';
import { Limits } from '../../lib/domain/limits/limits.ts';
import { eraseDicom } from '../../lib/services/dicom/erase-dicom.ts';
import { searchResponse } from '../../lib/services/dicomweb/search.ts';
import { newUid } from '../fixtures/dicom-uploads.ts';
import { newDicomOf } from '../fixtures/new-dicom.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const STEPS = 1200;
const AT_ONCE = 16;
const OWNERS = ['P-1001', 'P-1002', null] as const;
const MODALITIES = ['CT', 'MR', 'SR'];

const database = useOwnDatabase();
let own: {
  store: DicomIntake;
  dicomStore: DicomStore;
  studies: DicomStudies;
  search: DicomSearch;
  deletions: DicomDeletions;
  erasure: DicomErasure;
};
beforeAll(() => {
  const { table } = database;
  own = {
    store: new DicomIntake(table),
    dicomStore: new DicomStore(table),
    studies: new DicomStudies(table),
    search: new DicomSearch(table),
    deletions: new DicomDeletions(table),
    erasure: new DicomErasure(table),
  };
});

/** Three studies of three series of four instances; each may be sent by the clinic or by its patient. */
const studies = OWNERS.map((owner) => {
  const study = newUid();
  return MODALITIES.map((modality) => {
    const series = newUid();
    return Array.from({ length: 4 }, (_value, number) => ({
      uids: { study, series, sop: newUid() },
      modality,
      number,
      // Not a number of this clinic: the study is unassigned.
      patientId: owner ?? '?',
      source: number === 0 && owner ? ('patient' as const) : ('clinic' as const),
    }));
  });
});
const instances = studies.flat(2);

const Step = fc.record({
  instance: fc.nat(instances.length - 1),
  level: fc.oneof(
    { weight: 6, arbitrary: fc.constant('instance') },
    { weight: 5, arbitrary: fc.constant('series') },
    { weight: 1, arbitrary: fc.constant('study') },
  ),
  owner: fc.constantFrom(...OWNERS),
  what: fc.oneof(
    { weight: 35, arbitrary: fc.constant('store') },
    { weight: 20, arbitrary: fc.constant('delete') },
    { weight: 25, arbitrary: fc.constant('restore') },
    { weight: 12, arbitrary: fc.constant('erase') },
    { weight: 8, arbitrary: fc.constant('stream') },
    { weight: 5, arbitrary: fc.constant('move') },
    { weight: 5, arbitrary: fc.constant('search') },
  ),
});
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

const pathOf = ({ study, series, sop }: (typeof instances)[number]['uids'], level: string): DicomPath => ({
  study,
  ...(level !== 'study' && { series }),
  ...(level === 'instance' && { instance: sop }),
});

/** Deletions that ended: the stream has each at least once. */
const ended: DicomDeletion[] = [];
/** What refused a step, and how often each step did something. */
const outcomes = new Map<string, number>();
const count = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1);

const bucket = { delete: () => Promise.resolve() };
const erase = (deletion: DicomDeletion) => eraseDicom(deletion, { dicomErasure: own.erasure, bucket });

/** As requests do: each step reads, and then changes what it read. */
async function perform({ instance, level, owner, what }: Step): Promise<void> {
  const { store, deletions } = own;
  const facts = instances[instance] as (typeof instances)[number];
  const path = pathOf(facts.uids, level);
  switch (what) {
    case 'store':
      count((await store.store(newDicomOf(facts.uids, facts))).outcome === 'stored' ? 'stored' : 'known');
      return;
    case 'delete': {
      if (!(await own.dicomStore.getAt(path)).study) return;
      const by = deletionBy({ subject: 'd' }, new Date(), Limits.parse({}));
      await deletions.delete(newDicomDeletion(path, by, newId()));
      count(`deleted ${level}`);
      return;
    }
    case 'restore': {
      // One of those that there are: few paths would be those of a deletion.
      const { items } = await deletions.list(new Date(), { limit: 200 });
      const deletion = items[instance % items.length];
      if (!deletion) return;
      await deletions.restore(deletion, new Date());
      count(`restored ${levelOf(deletedPath(deletion))}`);
      return;
    }
    case 'erase': {
      const found = await deletions.get(path, new Date());
      if (!found) return;
      await deletions.erase(found.deletion);
      ended.push(found.deletion);
      count(`erased ${level}`);
      return;
    }
    case 'stream': {
      const deletion = ended.shift();
      if (!deletion) return;
      // It comes again, because it may fail, or have succeeded without an answer.
      ended.push(deletion);
      await erase(deletion).catch((error: Error) => {
        if (!/left to erase|while it was erased/.test(error.message)) throw error;
      });
      return;
    }
    case 'move': {
      const study = await own.dicomStore.getStudy(path.study);
      if (!study) return;
      const at = new Date().toISOString();
      if (await own.studies.assign(study, owner, { by: 'd', at, from: study.patientId })) count('moved');
      return;
    }
    default:
      await requireOwnOnly(owner ?? 'P-1001');
  }
}

/** A patient's search has only the patient's studies, also while these are moved. */
async function requireOwnOnly(patientId: string) {
  const request = {
    caller: { role: 'patient', subject: 'p', patientId } as const,
    params: undefined,
    query: SearchQuery.parse({}),
    headers: {},
    origin: 'https://images.clinic.example',
  };
  const { body } = await searchResponse('study', request, {
    dicomSearch: own.search,
    dicomStore: own.dicomStore,
  });
  const found = JSON.parse(String(body) || '[]') as Record<string, { Value: string[] }>[];
  expect(found.every((study) => study['00100020']?.Value[0] === patientId)).toBe(true);
  count('searched');
}

function unlessConflict(error: unknown) {
  if (!(error instanceof DomainError && error.code === 'CONFLICT')) throw error;
  count(error.message);
}

async function itemsOfTable() {
  const { client, name: TableName } = database.table;
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  const parse = <T>(schema: { parse: (item: unknown) => T }, isOne: (sk: string) => boolean) =>
    Items.filter(({ sk }) => isOne(String(sk))).map((item) => schema.parse(item));
  return {
    all: Items,
    studies: parse(DicomStudy, (sk) => sk === 'STUDY'),
    series: parse(DicomSeries, (sk) => sk.startsWith('SERIES#')),
    instances: parse(DicomInstance, (sk) => sk === 'INSTANCE'),
    deletions: parse(DicomDeletion, (sk) => sk === 'DELETION'),
  };
}

/** The counts of instances, recounted. */
const recount = (of: DicomInstance[]) => {
  const left = of.filter(({ deletionId }) => deletionId === undefined);
  return {
    instances: left.length,
    patientInstances: left.filter(({ source }) => source === 'patient').length,
  };
};

test(`Counts and lists are right after ${STEPS} steps, ${AT_ONCE} at a time`, {
  timeout: 60_000,
}, async () => {
  const [script = []] = fc.sample(fc.array(Step, { minLength: STEPS, maxLength: STEPS, size: 'max' }), 1);
  const worker = async () => {
    for (let step = script.pop(); step; step = script.pop()) await perform(step).catch(unlessConflict);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const deletion of ended) await erase(deletion);

  const items = await itemsOfTable();
  for (const series of items.series) {
    const within = items.instances.filter(({ seriesUid }) => seriesUid === series.seriesUid);
    expect(series).toMatchObject({
      ...recount(within),
      keptInstances: within.length,
      keptBytes: within.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }
  for (const study of items.studies) {
    const ofStudy = items.series.filter(({ studyUid }) => studyUid === study.studyUid);
    const shown = ofStudy.filter(isShown);
    const kept = items.instances.filter(({ studyUid }) => studyUid === study.studyUid);
    const within = kept.filter(({ seriesUid }) => shown.some((each) => each.seriesUid === seriesUid));
    expect(study).toMatchObject({ ...recount(within), series: shown.length, keptInstances: kept.length });
    expect(modalitiesOf(study)).toEqual(shown.map(({ modality }) => modality).sort());
    expect(sourcesOf(study)).toEqual([...new Set(shown.flatMap(sourcesOf))].sort());
    expect(kept.length).toBeGreaterThan(0);
  }
  // Nothing is left of what was erased, and each deletion is that of something.
  const uids = new Set(items.studies.map(({ studyUid }) => studyUid));
  for (const { pk, studyUid } of items.all.filter((item) => String(item.pk).startsWith('STUDY#')))
    expect([...uids], String(pk)).toContain(studyUid);
  expect(items.instances.every(({ studyUid }) => uids.has(studyUid))).toBe(true);
  const deleted = [...items.studies, ...items.series, ...items.instances].flatMap(
    ({ deletionId }) => deletionId ?? [],
  );
  expect(deleted.sort()).toEqual(items.deletions.map(({ id }) => id).sort());

  const patientOf = new Map(items.studies.map(({ studyUid, patientId }) => [studyUid, patientId]));
  const bytesOf = (of: DicomInstance[]) => of.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const study of items.studies) {
    const kept = items.instances.filter(({ studyUid }) => studyUid === study.studyUid);
    expect(study.keptBytes).toBe(bytesOf(kept));
  }
  const amounts = [
    [uploaderAmountKey('x'), items.instances] as const,
    ...OWNERS.filter((owner) => owner !== null).map((owner) => {
      const ofPatient = items.instances.filter(({ studyUid }) => patientOf.get(studyUid) === owner);
      return [patientAmountKey(owner), ofPatient] as const;
    }),
  ];
  for (const [{ pk }, of] of amounts)
    expect(
      items.all.find((item) => item.pk === pk),
      pk,
    ).toMatchObject({ files: of.length, bytes: bytesOf(of) });
  // Of what belongs to nobody, nothing is counted for a patient.
  expect(items.all.filter(({ sk }) => sk === STORED)).toHaveLength(amounts.length);

  await requireShownOnly(items);
  for (const what of ['stored', 'known', 'moved', 'searched', 'The instance is deleted'])
    expect(outcomes.get(what), what).toBeGreaterThan(0);
  for (const level of ['instance', 'series', 'study'])
    for (const what of ['deleted', 'restored'])
      expect(outcomes.get(`${what} ${level}`), `${what} ${level}`).toBeGreaterThan(0);
  expect(ended.length).toBeGreaterThan(0);
});

/** Every read and list has exactly what is not deleted, and lists of a patient have nothing of another. */
async function requireShownOnly(items: Awaited<ReturnType<typeof itemsOfTable>>) {
  const { dicomStore, search, deletions } = own;
  const isStudyShown = (uid: string) => items.studies.some((each) => each.studyUid === uid && isShown(each));
  const isSeriesShown = ({ studyUid, seriesUid }: { studyUid: string; seriesUid: string }) =>
    isStudyShown(studyUid) && items.series.some((each) => each.seriesUid === seriesUid && isShown(each));
  for (const { uids } of instances) {
    const { study: studyUid, series: seriesUid, sop: sopUid } = uids;
    const isSopShown =
      isSeriesShown({ studyUid, seriesUid }) &&
      items.instances.some((each) => each.sopUid === sopUid && each.deletionId === undefined);
    expect((await dicomStore.findInstance(sopUid)).instance !== undefined).toBe(isSopShown);
    expect((await dicomStore.getAt(pathOf(uids, 'instance'))).instance !== undefined).toBe(isSopShown);
    expect((await dicomStore.getAt(pathOf(uids, 'series'))).series !== undefined).toBe(
      isSeriesShown({ studyUid, seriesUid }),
    );
    expect((await dicomStore.getStudy(studyUid)) !== undefined).toBe(isStudyShown(studyUid));
    const listed = await Array.fromAsync(dicomStore.allInstances(studyUid, seriesUid));
    if (isSeriesShown({ studyUid, seriesUid }))
      expect(listed.some((each) => each.sopUid === sopUid)).toBe(isSopShown);
  }
  const shown = items.studies.filter(isShown);
  const found = async (list: StudyList) =>
    (await Array.fromAsync(search.studies(list, 10))).map(({ studyUid }) => studyUid).sort();
  const uidsOf = (keep: (study: DicomStudy) => boolean) =>
    shown
      .filter(keep)
      .map(({ studyUid }) => studyUid)
      .sort();
  expect(await found({ by: 'date' })).toEqual(uidsOf(() => true));
  expect(await found({ by: 'accession', accession: 'A-17' })).toEqual(uidsOf(() => true));
  expect(await found({ by: 'name', prefix: 'PATIENT', matches: () => true })).toEqual(uidsOf(() => true));
  expect(await found({ by: 'unassigned' })).toEqual(uidsOf(({ patientId }) => patientId === null));
  for (const patientId of ['P-1001', 'P-1002']) {
    const list = { by: 'patient', patientId, alsoUnassigned: false } as const;
    expect(await found(list)).toEqual(uidsOf((study) => study.patientId === patientId));
    const among = await search.uidsOf(patientId);
    const page = await deletions.list(new Date(), { limit: 200 }, among);
    for (const { studyUid } of page.items)
      expect(items.studies.find((each) => each.studyUid === studyUid)?.patientId).toBe(patientId);
  }
}
