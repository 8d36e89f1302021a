import { Batch } from '../../domain/batches/batch.ts';
import { Case, patientOfMovedCase } from '../../domain/cases/case.ts';
import type { Image } from '../../domain/images/image.ts';
import { parseItem } from '../dynamodb/table.ts';
import { batchKey, caseKey, caseListKey } from '../keys.ts';

// Updates of the counts of ready images in batches and cases. Each is a part of the transaction that changes the image.

/** @param patientId whose the batch must be, if an image is added to it */
const changeBatchCount = (batchId: string, change: 1 | -1, updatedAt: string, patientId?: string) => ({
  Update: {
    Key: batchKey(batchId),
    UpdateExpression: 'ADD imageCount :change SET updatedAt = :updatedAt',
    ConditionExpression: `attribute_exists(pk) AND attribute_not_exists(deletedAt)${patientId === undefined ? '' : ' AND patientId = :patientId'}`,
    ExpressionAttributeValues: {
      ':change': change,
      ':updatedAt': updatedAt,
      ...(patientId !== undefined && { ':patientId': patientId }),
    },
  },
});

/** The update of a batch, deleted or not, when an image that was deleted with it is erased: until then it is counted. */
export const decrementBatchCount = (batchId: string) => ({
  Update: {
    Key: batchKey(batchId),
    UpdateExpression: 'ADD imageCount :change',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':change': -1 },
  },
});

/** The condition that a batch is deleted, for what is deleted with it. */
export const requireBatchDeleted = (batchId: string) => ({
  ConditionCheck: {
    Key: batchKey(batchId),
    ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(deletedAt)',
  },
});

/** The condition that a batch or case is the patient's and not deleted, for images that are moved with it. */
export const requireOwner = (Key: ReturnType<typeof batchKey>, patientId: string) => ({
  ConditionCheck: {
    Key,
    ConditionExpression: 'patientId = :patientId AND attribute_not_exists(deletedAt)',
    ExpressionAttributeValues: { ':patientId': patientId },
  },
});

/** The update of a batch when a legal hold is put on one of its images, or released. */
export const changeHeldCount = (batchId: string, change: 1 | -1) => ({
  Update: {
    Key: batchKey(batchId),
    UpdateExpression: 'ADD heldImages :change',
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(deletedAt)',
    ExpressionAttributeValues: { ':change': change },
  },
});

/** The update of the batch or case when a ready image is deleted; nothing if it is in neither. */
export function decrementCount({ batchId, caseId }: Image, updatedAt: string) {
  if (batchId !== undefined) return changeBatchCount(batchId, -1, updatedAt);
  return caseId === undefined ? undefined : decrementCaseCount(caseId);
}

export const decrementCaseCount = (caseId: string) => ({
  Update: {
    Key: caseKey(caseId),
    UpdateExpression: 'ADD imageCount :change',
    ConditionExpression: 'imageCount > :none',
    ExpressionAttributeValues: { ':change': -1, ':none': 0 },
  },
});

/** The condition and update of the image's batch or case when it becomes ready. */
export function incrementCount(image: Image, updatedAt: string) {
  const { batchId, caseId: id, patientId, source } = image;
  if (batchId !== undefined) return [changeBatchCount(batchId, 1, updatedAt, patientId)];
  if (id === undefined || patientId === undefined) return [];
  const { gsi1pk, gsi1sk } = caseListKey({ id, patientId, lastImageAt: updatedAt });
  const keep = {
    // From its first image on, the case belongs to the patient permanently: the claim no longer expires.
    Update: {
      Key: caseKey(id),
      UpdateExpression: `SET patientId = :patientId, id = :id, lastImageAt = :at, gsi1pk = :list, gsi1sk = :place, usedByPatientOnly = ${source === 'patient' ? 'if_not_exists(usedByPatientOnly, :patientOnly)' : ':patientOnly'} REMOVE expiresAt ADD imageCount :one`,
      ConditionExpression: 'attribute_not_exists(pk) OR patientId = :patientId',
      ExpressionAttributeValues: {
        ':patientId': patientId,
        ':id': id,
        ':at': updatedAt,
        ':list': gsi1pk,
        ':place': gsi1sk,
        ':one': 1,
        ':patientOnly': source === 'patient',
      },
    },
  };
  return [keep];
}

/**
 * Returns the patient to whom the batch or case of the image was moved since the image was read; undefined if it was not.
 * The image belongs to what it was sent for, and so to this patient.
 *
 * @param found the item with which {@link incrementCount} failed
 */
export function ownerAfterMove(image: Image, found: Record<string, unknown> | undefined): string | undefined {
  if (!found || found.deletedAt || found.patientId === image.patientId) return undefined;
  return image.batchId === undefined
    ? patientOfMovedCase(parseItem(Case, found), image.patientId)
    : parseItem(Batch, found).patientId;
}
