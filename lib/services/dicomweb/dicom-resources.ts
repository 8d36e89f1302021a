import { setTimeout as sleep } from 'node:timers/promises';
import type { DicomStore } from '../../data/dicom/dicom-store.ts';
import { requireVisible } from '../../domain/access/access.ts';
import type { Caller } from '../../domain/access/caller.ts';
import {
  type DicomInstance,
  type DicomSeries,
  type DicomStudy,
  isMember,
  requireVisibleInstance,
  studyName,
} from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { DomainError } from '../../domain/errors.ts';

export type DicomResources = Pick<DicomStore, 'getAt' | 'getStudy' | 'allInstances' | 'listSeries'>;

/** A series and its study, which determines the patient. */
export interface SeriesInStudy {
  series: DicomSeries;
  study: DicomStudy;
}

/** Returns the series in the path of a study or a series, if the caller may access it. */
export async function seriesAt(
  caller: Caller,
  { study: studyUid, series: seriesUid }: DicomPath,
  dicom: DicomResources,
): Promise<SeriesInStudy[]> {
  if (seriesUid === undefined) {
    const study = await studyAt(caller, studyUid, dicom);
    return (await dicom.listSeries(study.studyUid)).map((series) => ({ series, study }));
  }
  const { study, series } = await dicom.getAt({ study: studyUid, series: seriesUid });
  const found = study &&
    series && { series, study, id: seriesUid, patientId: study.patientId, name: studyName(study) };
  return [requireVisible(caller, found, 'series')];
}

/** Returns the study, if the caller may access it. */
async function studyAt(caller: Caller, study: string, dicom: DicomResources): Promise<DicomStudy> {
  const found = await dicom.getStudy(study);
  return requireVisible(caller, found && { ...found, id: study, name: studyName(found) }, 'study');
}

/** Returns the instance in a path, if it exists there and the caller may access it. */
export async function instanceAt(
  caller: Caller,
  path: DicomPath,
  dicom: Pick<DicomResources, 'getAt'>,
): Promise<DicomInstance> {
  const { instance, study } = await dicom.getAt(path);
  return requireVisibleInstance(caller, instance, study);
}

/** Returns all instances of the resource in a path. */
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

/** Returns all instances of a series: at least as many as the series counts. */
export const instancesOf = (found: SeriesInStudy, dicom: Pick<DicomResources, 'allInstances'>) =>
  membersOf(found, (study, series) => dicom.allInstances(study, series));

/** Like `instancesOf`, with less of each instance. */
export const describedInstancesOf = (found: SeriesInStudy, dicom: Pick<DicomStore, 'describedInstances'>) =>
  membersOf(found, (study, series) => dicom.describedInstances(study, series));

async function membersOf<T extends Pick<DicomInstance, 'studyUid' | 'namedPatient'>>(
  { series, study }: SeriesInStudy,
  list: (studyUid: string, seriesUid: string) => AsyncGenerator<T>,
): Promise<T[]> {
  const instances = await listAll(series.instances, () =>
    Array.fromAsync(list(series.studyUid, series.seriesUid)),
  );
  return instances.filter((instance) => isMember(study, instance));
}

const ATTEMPTS = 7;

/**
 * Lists at least `count` items. An index is eventually consistent (DynamoDB developer guide, "Eventual consistency" of
 * global secondary indexes): new items may be missing at first, but the response must be complete.
 *
 * @throws DomainError SERVICE_UNAVAILABLE if the list is still too short after three seconds
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
