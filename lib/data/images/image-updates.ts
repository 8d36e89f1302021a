import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Image, isReady } from '../../domain/images/image.ts';
import { type Condition, equals, updateIf } from '../dynamodb/condition-expression.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { updateOf } from '../dynamodb/update-expression.ts';
import { imageKey, imageListKey } from '../keys.ts';
import { decrementCaseCount } from './image-counts.ts';
import { OUTSIDE_CASES, updateImage } from './image-writes.ts';

/** The changes that a person may make to an image. Null removes a value. */
export type ImageChanges = Partial<Pick<Image, 'category' | 'caption' | 'eyeSide' | 'order'>> & {
  dateTaken?: string | null;
};

/** Changes of images that stay their patient's. */
export class ImageUpdates {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Changes an image. Returns undefined if it does not exist, or (`asRead`) was changed since it was read. */
  async change(
    image: Image,
    changes: ImageChanges,
    now: Date,
    { asRead = false } = {},
  ): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const set: Record<string, unknown> = { ...changes, updatedAt: now.toISOString() };
    // Images of a case are ordered by time, so their order can't be changed.
    if (changes.order !== undefined && image.caseId === undefined) {
      set.gsi1sk = imageListKey({ ...image, order: changes.order }).gsi1sk;
    }
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: imageKey(image.id),
          ...updateIf([EXISTS, ...(asRead ? isUnchanged(image) : [])], updateOf(set)),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(Image, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /**
   * Removes the image from its case and from the case's count. It stays its patient's. Repeating this changes nothing.
   */
  async leaveCase(image: Image & { caseId: string }, now: Date): Promise<void> {
    const { caseId, status } = image;
    const leave = updateImage(image, [status], { ...OUTSIDE_CASES, updatedAt: now.toISOString() });
    const failed = await transact(
      this.#table,
      isReady(image) ? [leave, decrementCaseCount(caseId)] : [leave],
    );
    if (failed.has(1) && !failed.has(0))
      throw new Error(`the case ${caseId} counts fewer images than it holds`);
    const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
    // The image was decided or moved since our read; or it has left the case or was deleted.
    if (found?.caseId === caseId) return this.leaveCase({ ...found, caseId }, now);
  }
}

/** The image exists and is not deleted. */
const EXISTS: Condition = {
  expression: 'attribute_exists(pk) AND attribute_not_exists(deletedAt)',
  names: {},
  values: {},
};

/**
 * The image is as it was read. All that people and the pipeline change is compared, because two changes within a millisecond
 * have the same time.
 */
const isUnchanged = (image: Image) =>
  (['category', 'caption', 'dateTaken', 'order', 'status', 'batchId', 'updatedAt'] as const).map((field) =>
    equals(field, image[field]),
  );
