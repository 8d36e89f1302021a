import type { Deletion } from '../../domain/deletion.ts';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import type { Image, ReadyImage } from '../../domain/images/image.ts';
import { TRANSITIONS, type Transition } from '../../domain/images/image-status.ts';
import { newLinkSecret } from '../../domain/images/new-image.ts';
import { type Condition, equals, isOneOf, onlyIf, updateIf } from '../dynamodb/condition-expression.ts';
import { updateOf } from '../dynamodb/update-expression.ts';
import {
  deletedImageKeys,
  imageKey,
  imageListKey,
  linkKey,
  linkListKey,
  patientListKey,
  uploadListKey,
} from '../keys.ts';

// Writes of one image. Each is a part of a transaction, with the counts that depend on it.

/** The item of an image. */
export const toItem = (image: Image) => ({
  ...image,
  ...imageKey(image.id),
  ...imageListKey(image),
  ...patientListKey(image),
  ...uploadListKey(image),
});

/** The image is still in the place where it was read: what a move changes. */
const isUnmoved = ({ patientId, batchId, caseId }: Image): Condition[] => [
  equals('patientId', patientId),
  equals('batchId', batchId),
  equals('caseId', caseId),
];

/** An update of the image if it is in one of these states, and still in its place. */
export const updateImage = (
  image: Image,
  states: readonly Image['status'][],
  values: Record<string, unknown>,
  ...conditions: Condition[]
) => ({
  Update: {
    Key: imageKey(image.id),
    ...updateIf([isOneOf('status', states), ...isUnmoved(image), ...conditions], updateOf(values)),
  },
});

/** The write of a new state, if the table of transitions allows it and the image is still in its place. */
export const changeState = (
  image: Image,
  transition: Exclude<Transition, 'erase'>,
  values: Record<string, unknown>,
  ...conditions: Condition[]
) => {
  const { from, to } = TRANSITIONS[transition];
  return updateImage(image, from, { ...values, status: to }, ...conditions);
};

/** The decision on an image whose bytes were checked. It also removes what an earlier failure or expiry has set. */
export const decide = (image: Image, decision: 'accept' | 'reject', values: Record<string, unknown>) =>
  changeState(image, decision, { statusReason: null, ...values, expiresAt: null });

/** The deletion of a ready image: it leaves all lists but those of deleted images. */
export function markDeleted(image: ReadyImage, { by, at, until, withBatch }: Deletion) {
  const deletedAt = at.toISOString();
  const values = {
    deletedAt,
    deletedBy: by,
    deletedWith: withBatch,
    expiresAt: epochSeconds(until),
    gsi1pk: null,
    gsi1sk: null,
    gsi2pk: null,
    gsi2sk: null,
    ...deletedImageKeys({ ...image, deletedAt, deletedWith: withBatch }),
  };
  return changeState(image, 'delete', values, NOT_HELD);
}

/** The removal of an image of which nothing is kept. The table's stream then deletes its objects. */
export const remove = (image: Image) => ({
  Delete: {
    Key: imageKey(image.id),
    // Its state decides whether it is counted.
    ...onlyIf([equals('status', image.status), ...isUnmoved(image), NOT_HELD]),
  },
});

/** The image is under no legal hold. */
export const NOT_HELD = equals('legalHold', undefined);

/** The attributes of an image that change with its patient. Another secret: links that the former patient has end. */
export const ownedBy = (image: Image, patientId: string | undefined) =>
  patientId === image.patientId
    ? {}
    : { gsi2pk: null, ...patientListKey({ ...image, patientId }), patientId, linkSecret: newLinkSecret() };

/** The writes that put the links of the image to records into the lists of its new patient. */
export const linksOwnedBy = ({ id, links = {}, ...image }: Image, patientId: string | undefined) =>
  patientId === image.patientId
    ? []
    : Object.entries(links).map(([type, recordId]) => ({
        Put: {
          Item: { id, ...linkKey(id, type, recordId), ...linkListKey({ id, patientId }, type, recordId) },
        },
      }));

/** The attributes removed from an image that leaves its case. */
export const OUTSIDE_CASES = { caseId: null, gsi1pk: null, gsi1sk: null };
