import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import {
  DeletedDicom,
  DicomInstance,
  DicomSeries,
  DicomStudy,
  isAdmitted,
  type NewDicom,
  PatientMismatch,
  requireNotDeleted,
  type StoredIn,
  sopUidConflict,
} from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { StorageFull, type StorageQuotas } from '../../domain/limits/storage-quota.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { type FailedConditions, transact } from '../dynamodb/transaction.ts';
import { fullAt } from '../stored-amounts.ts';
import { type DicomItems, getInstance, pathOf, readByUids, readDicom } from './dicom-items.ts';
import { type SeriesFiles, storedFileOf, writesOf } from './dicom-writes.ts';
import { type FileToStore, StoreGroups } from './store-groups.ts';

/**
 * Attempts to store an instance. Concurrent requests may create its series and its study after our read, or delete the
 * last instance of these; each is created and counted once.
 */
const ATTEMPTS = 10;

/** The writes before those of the amounts: an instance, its series and its study. */
const ITEMS = 3;

/** Stores DICOM instances with their series and studies. Apart from `DicomStore`, so that functions that only read or only store are smaller. */
export class DicomIntake {
  readonly #table: Table;
  readonly #groups = new StoreGroups((group) => this.#storeGroup(group));

  constructor(table: Table) {
    this.#table = table;
  }

  /** Returns the instance, also if it, its series or its study is deleted. */
  getStored(sopUid: string): Promise<DicomInstance | undefined> {
    return getInstance(this.#table, sopUid);
  }

  /** Returns the series and the study of a new file, and what has its SOP Instance UID at any path; read by one request. */
  readFor(instance: DicomInstance): Promise<DicomItems> {
    return readByUids(this.#table, pathOf(instance));
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
}

const seriesOf = ({ studyUid, seriesUid }: DicomInstance): DicomPath => ({
  study: studyUid,
  series: seriesUid,
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
