import {
  type DicomInstance,
  type DicomSeries,
  DicomStudy,
  isShown,
} from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import type { PatientOfInstance } from '../../domain/exams/exam-image.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { parseReadable, type Table } from '../dynamodb/table.ts';
import { studyKey } from '../keys.ts';
import {
  type DescribedInstance,
  type DicomItems,
  describedItems,
  getInstance,
  instanceItems,
  isPathShown,
  pathOf,
  readDicom,
  seriesItems,
} from './dicom-items.ts';
import { bySeriesNumber } from './dicom-writes.ts';

/** The DICOM instances in the table, with their series and studies. What is deleted is found by `getStored` only. */
export class DicomStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Returns the instance, also if it, its series or its study is deleted. */
  getStored(sopUid: string): Promise<DicomInstance | undefined> {
    return getInstance(this.#table, sopUid);
  }

  /** Returns the instance with this UID, its series and its study. */
  async findInstance(sopUid: string): Promise<DicomItems> {
    const instance = await this.getStored(sopUid);
    return instance ? this.getAt(pathOf(instance)) : {};
  }

  /** Returns the study of a path, its series and its instance, read by one request; none of them if any is missing. */
  async getAt(path: DicomPath): Promise<DicomItems> {
    const items = await readDicom(this.#table, path);
    return isPathShown(path, items) ? items : {};
  }

  async getStudy(study: string): Promise<DicomStudy | undefined> {
    return (await this.getAt({ study })).study;
  }

  /** Returns a function that reads the patient of an instance, and each only once. */
  patientsOfInstances(): PatientOfInstance {
    const known = new Map<string, Promise<string | null | undefined>>();
    const read = async (path: DicomPath) => (await this.getAt(path)).study?.patientId;
    return ({ studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance }) => {
      const path = { study, series, instance };
      const key = Object.values(path).join('/');
      const patientId = known.get(key) ?? read(path);
      known.set(key, patientId);
      return patientId;
    };
  }

  /** Returns the studies that exist, also deleted ones. Damaged ones are left out. */
  async getStudies(studyUids: readonly string[]): Promise<DicomStudy[]> {
    const items = await getMany(this.#table, [...new Set(studyUids)].map(studyKey));
    return parseReadable(DicomStudy, items);
  }

  /** Yields all instances of the series by instance number, read as they are consumed. */
  async *allInstances(studyUid: string, seriesUid: string, options?: ForList): AsyncGenerator<DicomInstance> {
    for await (const instance of instanceItems(this.#table, studyUid, seriesUid, options))
      if (instance.deletionId === undefined) yield instance;
  }

  /** Like `allInstances`, with less of each instance. */
  async *describedInstances(studyUid: string, seriesUid: string): AsyncGenerator<DescribedInstance> {
    for await (const instance of describedItems(this.#table, studyUid, seriesUid))
      if (instance.deletionId === undefined) yield instance;
  }

  /** Returns all series of the study, by series number. */
  async listSeries(studyUid: string, options?: ForList): Promise<DicomSeries[]> {
    return (await seriesItems(this.#table, studyUid, options)).filter(isShown).sort(bySeriesNumber);
  }
}

/** Whether damaged items are left out: a list can do without them, a retrieval is incomplete without them. */
interface ForList {
  leavesOutDamaged: boolean;
}
