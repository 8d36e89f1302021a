import type { Batches } from '../../data/batches.ts';
import type { Exports } from '../../data/exports.ts';
import type { DeletedImages } from '../../data/images/deleted-images.ts';
import type { ImageMoves } from '../../data/images/image-moves.ts';
import type { ImageRemovals } from '../../data/images/image-removals.ts';
import type { Batch } from '../../domain/batches/batch.ts';

export interface SettleDeps {
  batches: Pick<Batches, 'markSettled'>;
  imageRemovals: Pick<ImageRemovals, 'deleteAllIn'>;
  deletedImages: Pick<DeletedImages, 'restoreAllOf'>;
  imageMoves: Pick<ImageMoves, 'moveAllInBatch'>;
  exports: Pick<Exports, 'endAllOf'>;
  now: () => Date;
}

/**
 * Makes the images of a batch what the batch is: deleted with it, or restored with it and of its patient. Its exports
 * end, because they hold what it was before.
 *
 * The request that changes the batch does this, and the table's stream does it again, in case the request's function ends
 * before that. Repeating it changes nothing.
 */
export async function settleBatch(batch: Batch, deps: SettleDeps): Promise<void> {
  const { batches, deletedImages, imageMoves, imageRemovals, exports, now } = deps;
  const { id, patientId, assignment, deletedAt, deletedBy: by = '', expiresAt = 0 } = batch;
  if (deletedAt === undefined) {
    await deletedImages.restoreAllOf(batch, now());
    await imageMoves.moveAllInBatch(batch);
  } else
    await imageRemovals.deleteAllIn(id, { by, at: new Date(deletedAt), until: new Date(expiresAt * 1000) });
  await exports.endAllOf({ batchId: id, patientId });
  if (assignment?.from) await exports.endAllOf({ patientId: assignment.from });
  await batches.markSettled(batch);
}
