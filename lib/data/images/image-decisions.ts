import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { Image, type ReadyImage } from '../../domain/images/image.ts';
import { isUndecided } from '../../domain/images/image-status.ts';
import { NEVER_ARRIVED } from '../../domain/uploads/upload-reasons.ts';
import { parseItem, type Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { imageListKey } from '../keys.ts';
import { moveStored } from '../stored-amounts.ts';
import { incrementCount, ownerAfterMove } from './image-counts.ts';
import { ImageUpdates } from './image-updates.ts';
import { changeState, decide, linksOwnedBy, ownedBy } from './image-writes.ts';

/** The properties detected in the bytes. */
export type ReadyFacts = Pick<
  ReadyImage,
  | 'mimeType'
  | 'fileSize'
  | 'crc32'
  | 'width'
  | 'height'
  | 'dpi'
  | 'pages'
  | 'thumbnailBytes'
  | 'hasPreview'
  | 'capturedLocal'
  | 'captureOffset'
  | 'key'
>;

/**
 * `done`: the change was made. `already`: the image was decided before. `gone`: the image or its batch was deleted
 * meanwhile.
 */
export type Decision = 'done' | 'already' | 'gone';

/** Records what the check of an upload finds: the decision on its image, or why there is none yet. */
export class ImageDecisions {
  readonly #table: Table;
  readonly #updates: ImageUpdates;

  constructor(table: Table) {
    this.#table = table;
    this.#updates = new ImageUpdates(table);
  }

  /** Records that the bytes of an image have arrived and wait for the malware scan. */
  async markScanning(image: Image, now: Date): Promise<void> {
    const values = { statusReason: null, expiresAt: null, updatedAt: now.toISOString() };
    await transact(this.#table, [changeState(image, 'scan', values)]);
  }

  /**
   * Makes an image ready whose bytes were checked, and counts it, both or neither.
   *
   * ```
   * event A ── render ── markReady ✔ (count + 1)
   * event A' (again) ── render ──────── markReady: the state allows it no more → already
   * DELETE image / batch ── between ──── markReady: item or batch missing → gone
   * the batch or case is moved ── between ── markReady: again, for its new patient
   * ```
   */
  async markReady(
    image: Image,
    facts: ReadyFacts,
    now: Date,
    patientId = image.patientId,
  ): Promise<Decision> {
    const updatedAt = now.toISOString();
    const place = { ...placeInCase({ ...image, ...facts }), ...ownedBy(image, patientId) };
    const failed = await transact(this.#table, [
      decide(image, 'accept', { ...facts, ...place, updatedAt }),
      ...incrementCount({ ...image, patientId }, updatedAt),
      ...linksOwnedBy(image, patientId),
      ...moveStored([image], patientId),
    ]);
    if (failed.size === 0) return 'done';
    if (failed.has(0)) {
      const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
      return found && isUndecided(found) ? this.markReady(found, facts, now) : decisionOf(found);
    }
    const owner = ownerAfterMove(image, failed.get(1));
    if (owner !== undefined) return this.markReady(image, facts, now, owner);
    if (image.batchId !== undefined) return 'gone';
    // The clinic assigned the case without its images to another patient: the image stays its patient's, without a case.
    await this.#updates.leaveCase({ ...image, caseId: image.caseId ?? '' }, now);
    return this.markReady({ ...image, caseId: undefined }, facts, now);
  }

  /** Rejects an image with a reason for the user. */
  async markRejected(image: Image, statusReason: string, now: Date): Promise<Decision> {
    const values = { statusReason, updatedAt: now.toISOString() };
    const failed = await transact(this.#table, [decide(image, 'reject', values)]);
    const found = failed.get(0) && parseItem(Image, failed.get(0) ?? {});
    if (found && isUndecided(found)) return this.markRejected(found, statusReason, now);
    return failed.size === 0 ? 'done' : decisionOf(found);
  }

  /**
   * Records that the bytes of an image could not be checked. The upload is kept, so that they can be checked again.
   *
   * @returns false if that is known already, or the image was decided or removed
   */
  async markFailed(image: Image, statusReason: string, now: Date): Promise<boolean> {
    const values = { statusReason, updatedAt: now.toISOString() };
    return (await transact(this.#table, [changeState(image, 'fail', values)])).size === 0;
  }

  /**
   * Records that the bytes of an image never arrived. The image is removed at `until`, unless they arrive nevertheless.
   *
   * @returns false if it was decided, moved or removed since it was read, so that nothing changes
   */
  async markExpired(image: Image, until: Date, now: Date): Promise<boolean> {
    const values = {
      statusReason: NEVER_ARRIVED,
      expiresAt: epochSeconds(until),
      updatedAt: now.toISOString(),
    };
    return (await transact(this.#table, [changeState(image, 'expire', values)])).size === 0;
  }
}

/** The list key of an image of a case, once the capture time of its file is known. */
const placeInCase = (image: Image) =>
  image.caseId === undefined ? {} : { gsi1sk: imageListKey(image).gsi1sk };

const decisionOf = (found: Image | undefined): Decision => (found ? 'already' : 'gone');
