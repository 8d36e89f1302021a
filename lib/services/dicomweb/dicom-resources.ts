import { setTimeout as sleep } from 'node:timers/promises';
import type { DicomPath } from '../../api/dicomweb.ts';
import type { DicomStore } from '../../data/dicom-store.ts';
import { requireVisible } from '../../domain/access/access.ts';
import type { Caller } from '../../domain/access/caller.ts';
import {
  type DicomInstance,
  type DicomSeries,
  type DicomStudy,
  isMember,
  requireVisibleInstance,
} from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';

export type DicomResources = Pick<
  DicomStore,
  'getInstanceIn' | 'getSeries' | 'getStudy' | 'allInstances' | 'allSeries'
>;

/** A series and its study, which says whose it is. */
export interface SeriesInStudy {
  series: DicomSeries;
  study: DicomStudy;
}

/** The series that a path of a study or of a series names, if the caller may know of it. */
export async function seriesAt(
  caller: Caller,
  { study: studyUid, series: seriesUid }: DicomPath,
  dicom: DicomResources,
): Promise<SeriesInStudy[]> {
  if (seriesUid === undefined) {
    const study = await studyAt(caller, studyUid, dicom);
    return (await seriesOf(study, dicom)).map((series) => ({ series, study }));
  }
  const [study, series] = await Promise.all([dicom.getStudy(studyUid), dicom.getSeries(studyUid, seriesUid)]);
  const found = study && series && { series, study, id: seriesUid, patientId: study.patientId };
  return [requireVisible(caller, found, 'series')];
}

/** The study, if the caller may know of it. */
async function studyAt(caller: Caller, study: string, dicom: DicomResources): Promise<DicomStudy> {
  const found = await dicom.getStudy(study);
  return requireVisible(caller, found && { ...found, id: study }, 'study');
}

/** The instance that a path names, if it lies there and the caller may know of it. */
export async function instanceAt(
  caller: Caller,
  path: DicomPath,
  dicom: Pick<DicomResources, 'getInstanceIn'>,
): Promise<DicomInstance> {
  const { instance, study } = await dicom.getInstanceIn(path.study, path.instance ?? '');
  const isThere = instance?.studyUid === path.study && instance.seriesUid === path.series;
  return requireVisibleInstance(caller, isThere ? instance : undefined, study);
}

/** All instances that a path names. */
export async function instancesAt(
  caller: Caller,
  path: DicomPath,
  dicom: DicomResources,
): Promise<DicomInstance[]> {
  if (path.instance !== undefined) return [await instanceAt(caller, path, dicom)];
  const series = await seriesAt(caller, path, dicom);
  const instances: DicomInstance[] = [];
  for (const each of series) instances.push(...(await instancesOf(each, dicom)));
  return instances;
}

/** All instances of a series: as many as it has, at the least. */
export async function instancesOf(
  { series, study }: SeriesInStudy,
  dicom: DicomResources,
): Promise<DicomInstance[]> {
  const instances = await listAll(series.instances, () =>
    Array.fromAsync(dicom.allInstances(series.studyUid, series.seriesUid)),
  );
  return instances.filter((instance) => isMember(study, instance));
}

/** All series of a study, each as it is now and not as the index still has it. */
async function seriesOf(study: DicomStudy, dicom: DicomResources): Promise<DicomSeries[]> {
  const listed = await listAll(study.series, () => Array.fromAsync(dicom.allSeries(study.studyUid)));
  const found = await Promise.all(
    listed.map(({ studyUid, seriesUid }) => dicom.getSeries(studyUid, seriesUid)),
  );
  return found.filter((series) => series !== undefined);
}

const ATTEMPTS = 7;

/**
 * A list of so many things. An index follows its table some moments later (DynamoDB developer guide, "Eventual
 * consistency" of global secondary indexes): what was just stored may be missing at first, and nothing may be missing.
 *
 * @throws DomainError SERVICE_UNAVAILABLE where the list is still too short after three seconds
 */
async function listAll<T>(count: number, list: () => Promise<T[]>): Promise<T[]> {
  for (let attempt = 1; ; attempt++) {
    const items = await list();
    if (items.length >= count) return items;
    if (attempt === ATTEMPTS) {
      throw new DomainError('SERVICE_UNAVAILABLE', 'What was just stored can not be listed yet.', {
        headers: { 'retry-after': '5' },
      });
    }
    await sleep(25 * 2 ** attempt);
  }
}
