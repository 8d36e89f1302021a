import type { Batch } from '../../domain/batches/batch.ts';
import type { Case } from '../../domain/cases/case.ts';
import {
  DicomInstance,
  type DicomSeries,
  type DicomStudy,
  type InstanceCounts,
  isShown,
} from '../../domain/dicom/dicom-instance.ts';
import { Image, isReady } from '../../domain/images/image.ts';
import { instanceItems, seriesItems } from '../dicom/dicom-items.ts';
import { countsOf, keptOf } from '../dicom/dicom-writes.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { type Condition, equals, updateIf } from '../dynamodb/condition-expression.ts';
import { queryAll } from '../dynamodb/page.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { updateOf } from '../dynamodb/update-expression.ts';
import {
  batchKey,
  caseKey,
  imageKey,
  imagesDeletedWith,
  imagesOfBatch,
  imagesOfCase,
  instanceKey,
  seriesKey,
  studyKey,
} from '../keys.ts';
import { StoredFiles } from '../stored-amounts.ts';
import type { AmountSums } from './amount-sums.ts';

/** By how much the clocks of two functions may differ, and how long a write may take with its repetitions; milliseconds. */
const CLOCKS_MS = 60_000;

/** Counts by the attribute that holds them. */
export type Counts = Record<string, number | Record<string, number>>;

/** A difference between the counts of an item and what is there. */
export interface Recount {
  key: { pk: string; sk: string };
  before: Counts;
  after: Counts;
}

/**
 * Counts again what items say they contain. The indexes that list it are eventually consistent, so that what they list is
 * read again consistently.
 */
export class Recounts {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** A deleted batch counts the images that were deleted with it. */
  async ofBatch({ id, imageCount, heldImages = 0 }: Batch): Promise<Recount> {
    const listed = [
      ...(await this.#imagesIn(imagesOfBatch(id))),
      ...(await this.#imagesIn(imagesDeletedWith(id))),
    ];
    const counted = listed.filter((image) =>
      isReady(image) ? image.batchId === id : image.deletedWith === id,
    );
    const held = counted.filter(({ legalHold }) => legalHold !== undefined).length;
    return {
      key: batchKey(id),
      before: { imageCount, heldImages },
      after: { imageCount: counted.length, heldImages: held },
    };
  }

  async ofCase({ id, imageCount }: Case): Promise<Recount> {
    const listed = await this.#imagesIn(imagesOfCase(id));
    const counted = listed.filter((image) => isReady(image) && image.caseId === id);
    return { key: caseKey(id), before: { imageCount }, after: { imageCount: counted.length } };
  }

  async ofSeries(series: DicomSeries): Promise<Recount> {
    const { studyUid, seriesUid, instances, patientInstances, keptInstances, keptBytes } = series;
    const listed = await Array.fromAsync(instanceItems(this.#table, studyUid, seriesUid));
    const keys = [...new Set(listed.map(({ sopUid }) => sopUid))].map(instanceKey);
    const kept = (await getMany(this.#table, keys))
      .map((item) => parseItem(DicomInstance, item))
      .filter((each) => each.studyUid === studyUid && each.seriesUid === seriesUid);
    const shown = kept.filter(({ deletionId }) => deletionId === undefined).map(countsOf);
    return {
      key: seriesKey(studyUid, seriesUid),
      before: { instances, patientInstances, keptInstances, keptBytes },
      after: {
        instances: shown.length,
        patientInstances: shown.reduce((sum, each) => sum + each.patientInstances, 0),
        ...keptOf(kept, 1),
      },
    };
  }

  /** A study has the totals of its series. */
  async ofStudy(study: DicomStudy): Promise<Recount> {
    const { studyUid, instances, patientInstances, keptInstances, keptBytes, series, seriesByModality } =
      study;
    const all = await seriesItems(this.#table, studyUid);
    const shown = all.filter(isShown);
    const total = (of: readonly DicomSeries[], name: keyof typeof InstanceCounts) =>
      of.reduce((sum, each) => sum + each[name], 0);
    const modalities = Object.keys(seriesByModality).concat(all.flatMap(({ modality }) => modality ?? []));
    const ofModality = (modality: string) => shown.filter((each) => each.modality === modality).length;
    return {
      key: studyKey(studyUid),
      before: { instances, patientInstances, keptInstances, keptBytes, series, seriesByModality },
      after: {
        instances: total(shown, 'instances'),
        patientInstances: total(shown, 'patientInstances'),
        keptInstances: total(all, 'keptInstances'),
        keptBytes: total(all, 'keptBytes'),
        series: shown.length,
        seriesByModality: Object.fromEntries(
          [...new Set(modalities)].sort().map((modality) => [modality, ofModality(modality)]),
        ),
      },
    };
  }

  /**
   * Compares amounts with what was added up.
   *
   * @returns those that are wrong, and that nobody has changed since the first item was added: of what was stored or erased
   * meanwhile, the sums may have a part
   */
  async ofAmounts(sums: AmountSums): Promise<Recount[]> {
    const before = sums.since.getTime() - CLOCKS_MS;
    const all = sums.all();
    const items = await getMany(
      this.#table,
      all.map(({ key }) => key),
    );
    const found = new Map(items.map((item) => [item.pk, item]));
    return all.flatMap(({ key, sum }) => {
      const amount = StoredFiles.safeParse(found.get(key.pk) ?? { bytes: 0, files: 0 }).data;
      // A damaged one is reported where it is examined.
      if (!amount) return [];
      const { bytes, files, changedAt = 0 } = amount;
      const isRight = bytes === sum.bytes && files === sum.files;
      if (isRight || changedAt > before) return [];
      return [{ key, before: { bytes, files, changedAt }, after: { ...sum, changedAt } }];
    });
  }

  /** Corrects the counts of an item, unless they have changed since they were read. */
  async correct({ key, before, after }: Recount): Promise<void> {
    const conditions = Object.entries(before).map(([name, value]) =>
      value === 0 ? isNone(name) : equals(name, value),
    );
    await transact(this.#table, [{ Update: { Key: key, ...updateIf(conditions, updateOf(after)) } }]);
  }

  async #imagesIn(partition: string): Promise<Image[]> {
    const listed = queryAll(this.#table, { partition, schema: Image, keyOf: imageKey });
    const ids = new Set((await Array.fromAsync(listed)).map(({ id }) => id));
    const items = await getMany(this.#table, [...ids].map(imageKey));
    return items.map((item) => parseItem(Image, item));
  }
}

/** The item has zero of it, or no number of it. */
function isNone(name: string): Condition {
  const { expression, ...zero } = equals(name, 0);
  return { ...zero, expression: `(attribute_not_exists(#${name}) OR ${expression})` };
}
