import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import {
  DeletedDicom,
  DicomInstance,
  DicomSeries,
  DicomStudy,
  isAdmitted,
  isShown,
  type NewDicom,
  PatientMismatch,
  requireNotDeleted,
  type StoredIn,
  searchTermsOf,
  sopUidConflict,
} from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { DomainError } from '../../domain/errors.ts';
import type { PatientOfInstance } from '../../domain/exams/exam-image.ts';
import type { LegalHold } from '../../domain/legal-hold.ts';
import { StorageFull, type StorageQuotas } from '../../domain/limits/storage-quota.ts';
import type { Assignment } from '../../domain/patients/assignment.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { parseItem, parseReadable, type Table } from '../dynamodb/table.ts';
import { type FailedConditions, transact } from '../dynamodb/transaction.ts';
import { instanceKey, studyKey, studyListKey, unassignedStudyKey } from '../keys.ts';
import { fullAt, moveStored } from '../stored-amounts.ts';
import {
  type DicomItems,
  instanceItems,
  isPathShown,
  readByUids,
  readDicom,
  seriesItems,
} from './dicom-items.ts';
import { bySeriesNumber, changeItem, type SeriesFiles, storedFileOf, writesOf } from './dicom-writes.ts';
import { type FileToStore, StoreGroups } from './store-groups.ts';

/**
 * Attempts to store an instance. Concurrent requests may create its series and its study after our read, or delete the
 * last instance of these; each is created and counted once.
 */
const ATTEMPTS = 10;

/** Attempts to assign a study into which instances are stored at the same time: each changes what is assigned. */
const ASSIGNMENTS = 30;

/** The writes before those of the amounts: an instance, its series and its study. */
const ITEMS = 3;

/** The DICOM instances in the table, with their series and studies. What is deleted is found by `getStored` only. */
export class DicomStore {
  readonly #table: Table;
  readonly #groups = new StoreGroups((group) => this.#storeGroup(group));

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores an instance, counts it in its series and study, and indexes the study, in one transaction, which others of its
   * series may share. Storing the same file again changes nothing.
   *
   * @param quotas none, if undefined
   * @param items what `readFor` returned for it, if it was called
   * @throws DomainError CONFLICT if another file has the SOP Instance UID, if the study belongs to another patient, or if
   *   the instance, its series or its study is deleted; StorageFull if it does not fit into the quotas
   */
  store(dicom: NewDicom, quotas?: StorageQuotas, items?: DicomItems): Promise<StoredIn> {
    return this.#groups.store({ dicom, quotas, items });
  }

  /** Stores files of one series in one transaction; each on its own if one of them can't be stored. */
  async #storeGroup(group: readonly FileToStore[]): Promise<PromiseSettledResult<StoredIn>[]> {
    const [first, ...others] = group.map(({ dicom }) => dicom);
    if (first && others.length > 0) {
      const stored = await this.#storeTogether([first, ...others], group[0]?.quotas);
      if (stored) return group.map(() => ({ status: 'fulfilled', value: stored }));
    }
    const outcomes: PromiseSettledResult<StoredIn>[] = [];
    // In parallel, they would wait for each other's change of their series.
    for (const { dicom, quotas, items } of group)
      outcomes.push(...(await Promise.allSettled([this.#storeAlone(dicom, quotas, items)])));
    return outcomes;
  }

  /** Returns undefined if they can't be stored together: then nothing is stored. */
  async #storeTogether(files: SeriesFiles, quotas: StorageQuotas | undefined): Promise<StoredIn | undefined> {
    const [{ instance, study }] = files;
    const items = await readDicom(this.#table, seriesOf(instance));
    try {
      const failed = await transact(this.#table, writesOf(files, items, quotas));
      return failed.size > 0 ? undefined : { outcome: 'stored', patientId: (items.study ?? study).patientId };
    } catch (error) {
      // Their items are too large together, or one of them is there twice.
      const isRefused = error instanceof DynamoDBServiceException && error.name === 'ValidationException';
      if (isRefused || error instanceof StorageFull) return undefined;
      throw error;
    }
  }

  async #storeAlone(dicom: NewDicom, quotas?: StorageQuotas, read?: DicomItems): Promise<StoredIn> {
    const { instance } = dicom;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const items = attempt === 1 && read ? read : await readDicom(this.#table, seriesOf(instance));
      const failed = await transact(this.#table, writesOf([dicom], items, quotas));
      // The study still had this patient, by a condition of the write.
      if (failed.size === 0) return { outcome: 'stored', patientId: (items.study ?? dicom.study).patientId };
      if (failed.get(0)) {
        const known = parseItem(DicomInstance, failed.get(0) ?? {});
        if (known.sha256 !== instance.sha256) throw sopUidConflict(instance);
        const found = await readDicom(this.#table, pathOf(known));
        requireNotDeleted(known, Object.values(found));
        return { outcome: 'known', patientId: found.study?.patientId ?? null };
      }
      requireAdmission(dicom, failed);
      // If the study was given to another patient since it was read, the quota was that of the former one.
      const full = fullAt(failed, ITEMS, [storedFileOf(instance, items.study ?? dicom.study)], quotas);
      if (full && !failed.has(1) && !failed.has(2)) throw full;
    }
    throw new Error(`the series ${instance.seriesUid} or its study kept changing`);
  }

  /** Returns the instance, also if it, its series or its study is deleted. */
  async getStored(sopUid: string): Promise<DicomInstance | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = instanceKey(sopUid);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(DicomInstance, Item);
  }

  /** Returns the series and the study of a new file, and what has its SOP Instance UID at any path; read by one request. */
  readFor(instance: DicomInstance): Promise<DicomItems> {
    return readByUids(this.#table, pathOf(instance));
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

  /**
   * Assigns the study and its instances to a patient or to nobody, in one write, with what they occupy.
   *
   * @param study as it was read; if it was assigned or deleted since, nothing changes
   * @returns false if nothing changed
   */
  async assign(study: DicomStudy, patientId: string | null, assignment: Assignment): Promise<boolean> {
    let found: DicomStudy | undefined = study;
    for (let attempt = 1; attempt <= ASSIGNMENTS; attempt++) {
      if (await this.#assign(found, patientId, assignment)) return true;
      found = await this.getStudy(study.studyUid);
      if (found?.patientId !== study.patientId) return false;
    }
    throw new Error(`the instances of the study ${study.studyUid} kept changing`);
  }

  async #assign(study: DicomStudy, patientId: string | null, assignment: Assignment): Promise<boolean> {
    const { studyUid, keptInstances, keptBytes } = study;
    const terms = searchTermsOf(study);
    const listed = studyListKey({ studyUid, patientId }, terms);
    const { gsi1pk, gsi1sk, ...entry } = unassignedStudyKey(studyUid, terms);
    const failed = await transact(this.#table, [
      changeItem(
        studyKey(studyUid),
        { set: { patientId, assignment } },
        `patientId = :before AND attribute_not_exists(deletionId) AND ${KEPT_AS_READ}`,
        { ':before': study.patientId, ':instances': keptInstances, ':bytes': keptBytes },
      ),
      ...moveStored([{ patientId: study.patientId, fileSize: keptBytes, files: keptInstances }], patientId),
      { Put: { Item: { ...listed, studyUid } } },
      patientId === null
        ? { Put: { Item: { ...entry, gsi1pk, gsi1sk, studyUid } } }
        : { Delete: { Key: entry } },
    ]);
    return failed.size === 0;
  }

  /**
   * Puts the study under a legal hold, or changes its reason. What is deleted in it must be restored or erased before: a
   * deletion ends by itself, and then nobody could say whether the hold should have kept what it erased.
   *
   * @throws DomainError CONFLICT if something in the study is deleted
   */
  async hold(studyUid: string, legalHold: LegalHold): Promise<void> {
    // What is deleted is kept, and not counted as an instance of the study.
    const condition = 'attribute_not_exists(deletionId) AND keptInstances = instances';
    const failed = await transact(this.#table, [
      changeItem(studyKey(studyUid), { set: { legalHold } }, condition),
    ]);
    if (failed.size === 0) return;
    throw new DomainError('CONFLICT', 'Something in the study is deleted.', {
      details: ['restore it, or erase it, before a legal hold; `GET /dicom/deleted` lists it'],
    });
  }

  /** Ends the legal hold of the study. */
  async release(studyUid: string): Promise<void> {
    const write = changeItem(studyKey(studyUid), { remove: ['legalHold'] }, 'attribute_exists(pk)');
    await transact(this.#table, [write]);
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

  /** Returns all series of the study, by series number. */
  async listSeries(studyUid: string, options?: ForList): Promise<DicomSeries[]> {
    return (await seriesItems(this.#table, studyUid, options)).filter(isShown).sort(bySeriesNumber);
  }
}

/** Whether damaged items are left out: a list can do without them, a retrieval is incomplete without them. */
interface ForList {
  leavesOutDamaged: boolean;
}

/** A study of before there were these bytes has no number of them. */
const KEPT_AS_READ = 'keptInstances = :instances AND (keptBytes = :bytes OR attribute_not_exists(keptBytes))';

const seriesOf = ({ studyUid, seriesUid }: DicomInstance): DicomPath => ({
  study: studyUid,
  series: seriesUid,
});

const pathOf = ({ studyUid, seriesUid, sopUid }: DicomInstance): DicomPath => ({
  study: studyUid,
  series: seriesUid,
  instance: sopUid,
});

/**
 * Refuses a file if its study is of another patient, or if its study or series is deleted. Other failed conditions mean
 * that these have changed since they were read.
 */
function requireAdmission(dicom: NewDicom, failed: FailedConditions): void {
  const study = failed.get(2) && parseItem(DicomStudy, failed.get(2) ?? {});
  if (study && !isAdmitted(study, dicom)) throw new PatientMismatch(dicom.instance);
  const series = failed.get(1) && parseItem(DicomSeries, failed.get(1) ?? {});
  if (study?.deletionId ?? series?.deletionId) throw new DeletedDicom(dicom.instance);
}
