import type { Batch } from '../../domain/batches/batch.ts';
import type { Case } from '../../domain/cases/case.ts';
import { DomainError } from '../../domain/errors.ts';
import { Image, type ImageAssignment, type ReadyImage } from '../../domain/images/image.ts';
import { requireNoLegalHold } from '../../domain/legal-hold.ts';
import type { Assignment } from '../../domain/patients/assignment.ts';
import { queryAll } from '../dynamodb/page.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transactMany } from '../dynamodb/transact-many.ts';
import { transact } from '../dynamodb/transaction.ts';
import { batchKey, caseKey, imageKey, imageListKey, imagesOfBatch, imagesOfCase } from '../keys.ts';
import { moveStored } from '../stored-amounts.ts';
import { decrementCount, incrementCount, requireOwner } from './image-counts.ts';
import { linksOwnedBy, NOT_HELD, ownedBy, updateImage } from './image-writes.ts';

/** Whose an image becomes, and in which of this patient's batches or cases it is then. */
export type Place = Pick<Image, 'batchId' | 'caseId'> & { patientId: string };

/** Moves images to another patient, alone or with their batch or case. Their objects stay where they are. */
export class ImageMoves {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Moves a ready image out of its batch or case, and changes the counts of both places, all or nothing. An image that is
   * there already stays as it is.
   *
   * @throws DomainError CONFLICT if the image or one of the places was changed since it was read
   */
  async moveImage(image: ReadyImage, to: Place, assignment: Omit<Assignment, 'from'>): Promise<void> {
    requireNoLegalHold(image);
    const { batchId, caseId, patientId } = to;
    const { at } = assignment;
    if ((batchId && batchId === image.batchId) || (caseId && caseId === image.caseId)) return;
    const moved = { ...image, batchId, caseId, patientId };
    const values = {
      batchId: batchId ?? null,
      caseId: caseId ?? null,
      ...ownedBy(image, patientId),
      gsi1pk: null,
      ...imageListKey(moved),
      assignment: assignmentOf(image, assignment),
      updatedAt: at,
    };
    const before = decrementCount(image, at);
    const failed = await transact(this.#table, [
      updateImage(image, ['ready'], values, NOT_HELD),
      ...(before ? [before] : []),
      ...incrementCount(moved, at),
      ...linksOwnedBy(image, patientId),
      ...moveStored([image], patientId),
    ]);
    if (failed.size > 0)
      throw new DomainError('CONFLICT', 'The image or its new place was changed at the same time.', {
        details: ['please read both again'],
      });
  }

  /** Gives all images of the batch to its patient, and stops if it is moved again. Repeating this changes nothing. */
  async moveAllInBatch(batch: Batch): Promise<void> {
    await this.#moveAll(imagesOfBatch(batch.id), batchKey(batch.id), batch);
  }

  /** As {@link moveAllInBatch}, for a case. */
  async moveAllInCase(known: Case): Promise<void> {
    await this.#moveAll(imagesOfCase(known.id), caseKey(known.id), known);
  }

  async #moveAll(
    partition: string,
    key: ReturnType<typeof batchKey>,
    { patientId, assignment }: Batch | Case,
  ) {
    const isOwner = requireOwner(key, patientId);
    const isMoving = (image: Image) => image.patientId !== patientId && isIn(image, partition);
    const writesOf = (image: Image) => {
      if (!isMoving(image)) return [];
      const values = {
        ...ownedBy(image, patientId),
        ...(assignment && { assignment: assignmentOf(image, assignment), updatedAt: assignment.at }),
      };
      return [updateImage(image, [image.status], values), ...linksOwnedBy(image, patientId)];
    };
    const amountsOf = (images: readonly Image[]) => moveStored(images.filter(isMoving), patientId);
    const moveOne = async (image: Image) => {
      let found: Image | undefined = image;
      while (found && isMoving(found)) {
        const failed = await transact(this.#table, [isOwner, ...writesOf(found), ...amountsOf([found])]);
        if (failed.has(0)) return false;
        // The image was decided, moved or deleted since our read.
        found = failed.get(1) && parseItem(Image, failed.get(1) ?? {});
      }
      return true;
    };
    const all = queryAll(this.#table, { partition, schema: Image, keyOf: imageKey });
    await transactMany(this.#table, all, isOwner, writesOf, moveOne, amountsOf);
  }
}

const isIn = ({ status, batchId, caseId }: Image, partition: string) =>
  status !== 'deleted' && (batchId ? imagesOfBatch(batchId) : caseId && imagesOfCase(caseId)) === partition;

const assignmentOf = (
  { patientId, batchId: fromBatch, caseId: fromCase }: Image,
  { by, at, reason }: Omit<Assignment, 'from'>,
): ImageAssignment => ({ by, at, from: patientId ?? null, reason, fromBatch, fromCase });
