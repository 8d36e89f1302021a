import { Batch } from '../domain/batches/batch.ts';
import { Case } from '../domain/cases/case.ts';
import { type DicomInstance, DicomStudy } from '../domain/dicom/dicom-instance.ts';
import { Image } from '../domain/images/image.ts';
import type { PatientInventory } from '../domain/patients/erasure.ts';
import { instanceItems, seriesItems } from './dicom/dicom-items.ts';
import { DicomSearch } from './dicom/dicom-search.ts';
import { getMany, keysIn, writeMany } from './dynamodb/batch-requests.ts';
import { queryAll } from './dynamodb/page.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { transact } from './dynamodb/transaction.ts';
import {
  batchesOfPatient,
  batchKey,
  caseKey,
  casesOfPatient,
  deletedOfPatient,
  directoryKey,
  examImageKey,
  examsOfInstance,
  imageKey,
  imagesDeletedWith,
  imagesOfPatient,
  STORED,
  studyKey,
} from './keys.ts';

/**
 * Everything of a patient in the table, also what is deleted, what is pending, and what has expired and is not removed yet. Only an
 * erasure reads this: everybody else is to see less.
 */
export class PatientInventories {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async of(patientId: string): Promise<PatientInventory> {
    const [entry, batches, deletedBatches, cases, images, deletedImages, studies] = await Promise.all([
      this.#directoryKeys(patientId),
      this.#all(batchesOfPatient(patientId), 'gsi1', Batch, batchKey),
      this.#all(deletedOfPatient(patientId), 'gsi1', Batch, batchKey),
      this.#all(casesOfPatient(patientId), 'gsi1', Case, caseKey),
      this.#all(imagesOfPatient(patientId), 'gsi2', Image, imageKey),
      this.#all(deletedOfPatient(patientId), 'gsi2', Image, imageKey),
      this.#studies(patientId),
    ]);
    const deletedWith = await Promise.all(
      deletedBatches.map(({ id }) => this.#all(imagesDeletedWith(id), 'gsi1', Image, imageKey)),
    );
    return {
      directoryEntry: entry.length > 0,
      batches: [...batches, ...deletedBatches],
      cases,
      images: [...images, ...deletedImages, ...deletedWith.flat()],
      studies,
    };
  }

  /** Yields all instances of a study, also deleted ones. */
  async *instancesOf({ studyUid }: DicomStudy): AsyncGenerator<DicomInstance> {
    for (const { seriesUid } of await seriesItems(this.#table, studyUid))
      yield* instanceItems(this.#table, studyUid, seriesUid);
  }

  /** Removes a deleted image. It changes nothing if the image was restored meanwhile. */
  async removeDeletedImage({ id }: Image): Promise<void> {
    const Key = imageKey(id);
    await transact(this.#table, [{ Delete: { Key, ConditionExpression: 'attribute_exists(deletedAt)' } }]);
  }

  /** Whether nothing of the image is left in the table but that it was erased. */
  async isRemoved({ id }: Image): Promise<boolean> {
    return (await getMany(this.#table, [imageKey(id)])).length === 0;
  }

  async removeCase({ id, patientId }: Case): Promise<void> {
    const condition = {
      ConditionExpression:
        'patientId = :patientId AND (attribute_not_exists(imageCount) OR imageCount = :none)',
    };
    const ExpressionAttributeValues = { ':patientId': patientId, ':none': 0 };
    await transact(this.#table, [{ Delete: { Key: caseKey(id), ...condition, ExpressionAttributeValues } }]);
  }

  /** Removes what was registered of an instance in exams. */
  async removeExamImages(sopUid: string): Promise<void> {
    const links = await keysIn(this.#table, examsOfInstance(sopUid));
    const keys = [...links.map(({ sk }) => examImageKey(sk)), ...links];
    await writeMany(
      this.#table,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }

  /** Removes the patient's entry from the directory. */
  async removeDirectoryEntry(patientId: string): Promise<void> {
    const keys = await this.#directoryKeys(patientId);
    await writeMany(
      this.#table,
      keys.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }

  /** What the patient's files occupy is beside the entry, and not a part of it. */
  async #directoryKeys(patientId: string) {
    const keys = await keysIn(this.#table, directoryKey(patientId).pk);
    return keys.filter(({ sk }) => sk !== STORED);
  }

  async #studies(patientId: string): Promise<DicomStudy[]> {
    const uids = await new DicomSearch(this.#table).uidsOf(patientId);
    const items = await getMany(this.#table, [...uids].map(studyKey));
    // The index may be outdated.
    return items.map((item) => parseItem(DicomStudy, item)).filter((study) => study.patientId === patientId);
  }

  #all<T>(
    partition: string,
    index: 'gsi1' | 'gsi2',
    schema: Parameters<typeof queryAll<T>>[1]['schema'],
    keyOf: Parameters<typeof queryAll<T>>[1]['keyOf'],
  ): Promise<T[]> {
    return Array.fromAsync(queryAll<T>(this.#table, { partition, index, schema, keyOf }));
  }
}
