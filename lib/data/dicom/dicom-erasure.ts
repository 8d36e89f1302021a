import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { type DicomDeletion, deletedPath } from '../../domain/dicom/dicom-deletion.ts';
import { DicomInstance, type DicomSeries } from '../../domain/dicom/dicom-instance.ts';
import { annotationKeysOf } from '../annotations/annotations-of-instances.ts';
import { getMany, keysIn, writeMany } from '../dynamodb/batch-requests.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { annotationsOf, deletionKey, instanceKey, seriesKey, studyKey } from '../keys.ts';
import { removeStored } from '../stored-amounts.ts';
import { instanceItems, itemAt, readDicom, seriesItems } from './dicom-items.ts';
import { changeItem, keptOf, storedFileOf } from './dicom-writes.ts';

/**
 * Instances removed at once: each may have a deletion and an uploader of its own, and there are the series, the study and what the
 * patient has. A transaction has at most 100 items.
 */
const AT_ONCE = 32;

/**
 * Removes what was deleted from the table, when its deletion can no longer be undone. Each step may be repeated, and a
 * function that ended early continues where it was.
 */
export class DicomErasure {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Yields the instances to erase, those of one series at a time; none if they were restored. */
  async *instancesOf(deletion: DicomDeletion): AsyncGenerator<DicomInstance[]> {
    const path = deletedPath(deletion);
    const items = await readDicom(this.#table, path);
    if (itemAt(path, items)?.deletionId !== deletion.id) return;
    if (items.instance) {
      yield [items.instance];
      return;
    }
    const all = items.series ? [items.series] : await seriesItems(this.#table, path.study);
    for (const { studyUid, seriesUid } of all) {
      let some: DicomInstance[] = [];
      for await (const instance of instanceItems(this.#table, studyUid, seriesUid)) {
        some.push(instance);
        if (some.length < AT_ONCE) continue;
        yield some;
        some = [];
      }
      if (some.length > 0) yield some;
    }
  }

  /** Removes instances of one series from the table, with their annotations. Call it when their objects are deleted. */
  async remove(instances: readonly DicomInstance[]): Promise<void> {
    const keys = instances.map(({ sopUid }) => instanceKey(sopUid));
    // The index may still have instances that are removed already.
    const left = (await getMany(this.#table, keys)).map((item) => parseItem(DicomInstance, item));
    const [first] = left;
    if (!first) return;
    const { study } = await readDicom(this.#table, { study: first.studyUid });
    if (!study) throw new Error(`the study of the instance ${first.sopUid} is missing`);
    const annotations = await annotationKeysOf(
      this.#table,
      first.studyUid,
      new Set(left.map(({ sopUid }) => sopUid)),
    );
    await writeMany(
      this.#table,
      annotations.map((Key) => ({ DeleteRequest: { Key } })),
    );
    const less = { add: keptOf(left, -1) };
    const failed = await transact(this.#table, [
      ...left.map(({ sopUid }) => ({
        Delete: { Key: instanceKey(sopUid), ConditionExpression: 'attribute_exists(pk)' },
      })),
      changeItem(seriesKey(first.studyUid, first.seriesUid), less, 'attribute_exists(pk)'),
      // Its patient may be another one by now, of whose amount they are a part.
      changeItem(studyKey(first.studyUid), less, 'patientId = :owner', { ':owner': study.patientId }),
      ...removeStored(left.map((each) => storedFileOf(each, study))),
      ...left.flatMap(({ deletionId }) =>
        deletionId === undefined ? [] : [{ Delete: { Key: deletionKey(deletionId) } }],
      ),
    ]);
    if (failed.size > 0) throw new Error(`the series ${first.seriesUid} changed while it was erased`);
  }

  /**
   * Removes the series and the study if they have no instance left. Until then they stay, for the assignment of the study
   * to its patient.
   *
   * @throws Error if instances are left that the index did not list yet
   */
  async finish(deletion: DicomDeletion): Promise<void> {
    const { studyUid, id } = deletion;
    const path = deletedPath(deletion);
    const all =
      path.series === undefined
        ? await seriesItems(this.#table, studyUid)
        : [(await readDicom(this.#table, path)).series];
    for (const series of all) if (series?.keptInstances === 0) await this.#removeSeries(series);
    const items = await readDicom(this.#table, path);
    if (items.study?.keptInstances === 0) return this.#removeStudy(studyUid, id);
    if (itemAt(path, items)?.deletionId === id)
      throw new Error(`instances of the study ${studyUid} are left to erase`);
  }

  async #removeSeries({ studyUid, seriesUid, deletionId }: DicomSeries): Promise<void> {
    await transact(this.#table, [
      {
        Delete: {
          Key: seriesKey(studyUid, seriesUid),
          ConditionExpression: 'keptInstances = :none',
          ExpressionAttributeValues: { ':none': 0 },
        },
      },
      ...(deletionId === undefined ? [] : [{ Delete: { Key: deletionKey(deletionId) } }]),
    ]);
  }

  /** Removes a study without instances, its index items and its notes. It is deleted first, so that nothing is stored meanwhile. */
  async #removeStudy(studyUid: string, deletionId: string): Promise<void> {
    const Key = studyKey(studyUid);
    const isEmpty = { condition: 'keptInstances = :none', values: { ':none': 0 } };
    const { study } = await readDicom(this.#table, { study: studyUid });
    if (!study) return;
    if (study.deletionId === undefined) {
      const condition = `${isEmpty.condition} AND attribute_not_exists(deletionId)`;
      const failed = await transact(this.#table, [
        changeItem(Key, { set: { deletionId } }, condition, isEmpty.values),
      ]);
      if (failed.size > 0) return;
    }
    const keys = [
      ...(await keysIn(this.#table, Key.pk)).filter(({ sk }) => sk !== Key.sk),
      ...(await keysIn(this.#table, annotationsOf(studyUid))),
    ];
    await writeMany(
      this.#table,
      keys.map((each) => ({ DeleteRequest: { Key: each } })),
    );
    const { name: TableName, client } = this.#table;
    try {
      await client.send(
        new DeleteCommand({
          TableName,
          Key,
          ConditionExpression: isEmpty.condition,
          ExpressionAttributeValues: isEmpty.values,
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}
