import type { Batch } from '../../domain/batches/batch.ts';
import type { Case } from '../../domain/cases/case.ts';
import {
  DicomInstance,
  type DicomSeries,
  type DicomStudy,
  isShown,
} from '../../domain/dicom/dicom-instance.ts';
import { Image, isReady } from '../../domain/images/image.ts';
import { instanceItems, seriesItems } from '../dicom/dicom-items.ts';
import { countsOf } from '../dicom/dicom-writes.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { equals, updateIf } from '../dynamodb/condition-expression.ts';
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
    const { studyUid, seriesUid, instances, patientInstances, keptInstances } = series;
    const listed = await Array.fromAsync(instanceItems(this.#table, studyUid, seriesUid));
    const keys = [...new Set(listed.map(({ sopUid }) => sopUid))].map(instanceKey);
    const kept = (await getMany(this.#table, keys))
      .map((item) => parseItem(DicomInstance, item))
      .filter((each) => each.studyUid === studyUid && each.seriesUid === seriesUid);
    const shown = kept.filter(({ deletionId }) => deletionId === undefined).map(countsOf);
    return {
      key: seriesKey(studyUid, seriesUid),
      before: { instances, patientInstances, keptInstances },
      after: {
        instances: shown.length,
        patientInstances: shown.reduce((sum, each) => sum + each.patientInstances, 0),
        keptInstances: kept.length,
      },
    };
  }

  /** A study has the totals of its series. */
  async ofStudy(study: DicomStudy): Promise<Recount> {
    const { studyUid, instances, patientInstances, keptInstances, series, seriesByModality } = study;
    const all = await seriesItems(this.#table, studyUid);
    const shown = all.filter(isShown);
    const total = (of: readonly DicomSeries[], name: 'instances' | 'patientInstances' | 'keptInstances') =>
      of.reduce((sum, each) => sum + each[name], 0);
    const modalities = Object.keys(seriesByModality).concat(all.flatMap(({ modality }) => modality ?? []));
    const ofModality = (modality: string) => shown.filter((each) => each.modality === modality).length;
    return {
      key: studyKey(studyUid),
      before: { instances, patientInstances, keptInstances, series, seriesByModality },
      after: {
        instances: total(shown, 'instances'),
        patientInstances: total(shown, 'patientInstances'),
        keptInstances: total(all, 'keptInstances'),
        series: shown.length,
        seriesByModality: Object.fromEntries(
          [...new Set(modalities)].sort().map((modality) => [modality, ofModality(modality)]),
        ),
      },
    };
  }

  /** Corrects the counts of an item, unless they have changed since they were read. */
  async correct({ key, before, after }: Recount): Promise<void> {
    const conditions = Object.entries(before).map(([name, value]) =>
      // An item without held images may have no number of them.
      name === 'heldImages' && value === 0 ? NONE_HELD : equals(name, value),
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

const NONE_HELD = {
  expression: '(attribute_not_exists(#heldImages) OR #heldImages = :heldImagesBefore)',
  names: { '#heldImages': 'heldImages' },
  values: { ':heldImagesBefore': 0 },
};
