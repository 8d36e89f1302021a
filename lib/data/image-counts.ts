import type { Image } from '../domain/images/image.ts';
import { batchKey, caseKey, caseListKey } from './keys.ts';

// Updates of the counts of ready images in batches and cases. Each is a part of the transaction that changes the image.

const changeBatchCount = (batchId: string, change: 1 | -1, updatedAt: string) => ({
  Update: {
    Key: batchKey(batchId),
    UpdateExpression: 'ADD imageCount :change SET updatedAt = :updatedAt',
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(deletedAt)',
    ExpressionAttributeValues: { ':change': change, ':updatedAt': updatedAt },
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

/** The condition that a batch exists and is not deleted, for what is restored with it. */
export const requireBatchNotDeleted = (batchId: string) => ({
  ConditionCheck: {
    Key: batchKey(batchId),
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(deletedAt)',
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
  if (image.batchId !== undefined) return [changeBatchCount(image.batchId, 1, updatedAt)];
  const { caseId: id, patientId, source } = image;
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
