import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../domain/access/caller.ts';
import { type Source, sourceOf } from '../domain/access/source.ts';
import { Case, CaseWithImages, caseConflict } from '../domain/cases/case.ts';
import { epochSeconds } from '../domain/epoch-seconds.ts';
import type { Image } from '../domain/images/image.ts';
import type { StorageQuotas } from '../domain/limits/storage-quota.ts';
import type { Assignment } from '../domain/patients/assignment.ts';
import { type Condition, equals, updateIf } from './dynamodb/condition-expression.ts';
import { type Page, type PageRequest, queryPage } from './dynamodb/page.ts';
import { putNew } from './dynamodb/put-once.ts';
import { parseItem, type Table } from './dynamodb/table.ts';
import { transact } from './dynamodb/transaction.ts';
import { updateOf } from './dynamodb/update-expression.ts';
import { toItem } from './images/image-writes.ts';
import { caseKey, casesOfPatient } from './keys.ts';
import { addStored, fullAt } from './stored-amounts.ts';

type CaseImage = Image & { caseId: string; patientId: string };

/** The cases in the table. */
export class Cases {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Reads the case. Returns undefined if it is not claimed or its claim has expired. */
  async get(id: string, now: Date): Promise<Case | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key: caseKey(id), ConsistentRead: true }));
    if (!Item) return undefined;
    const found = parseItem(Case, Item);
    return found.expiresAt !== undefined && found.expiresAt * 1000 <= now.getTime() ? undefined : found;
  }

  /**
   * Lists one page of the patient's cases that hold images, the one with the latest image first.
   *
   * An empty case stays the patient's but is not listed, because nobody could delete it.
   */
  async listOfPatient(patientId: string, page: PageRequest): Promise<Page<CaseWithImages>> {
    const query = {
      partition: casesOfPatient(patientId),
      schema: CaseWithImages,
      keyOf: caseKey,
      newestFirst: true,
      filter: { FilterExpression: 'imageCount > :none', ExpressionAttributeValues: { ':none': 0 } },
    };
    return queryPage(this.#table, query, page);
  }

  /**
   * Assigns a case that only a patient has used to a patient of the clinic's choice. The images of other patients must
   * have been removed from it before.
   *
   * @returns undefined if images arrived, or the clinic used the case, since it was read
   */
  assign(known: Case, patientId: string, assignment: Assignment): Promise<Case | undefined> {
    const isSame = patientId === known.patientId;
    const gone = { gsi1pk: null, gsi1sk: null, lastImageAt: null, expiresAt: null };
    const values = { assignment: { ...assignment, withImages: false }, usedByPatientOnly: false };
    return this.#update(known, isSame ? values : { ...values, ...gone, patientId }, [
      equals('usedByPatientOnly', true),
      ...(isSame ? [] : [{ expression: `(${EMPTY})`, names: {}, values: { ':none': 0 } }]),
    ]);
  }

  /**
   * Moves a case that the clinic has used to another patient. `settleCase` moves its images.
   *
   * @returns undefined if it was moved since it was read
   */
  move(known: Case, patientId: string, assignment: Assignment): Promise<Case | undefined> {
    const values = {
      patientId,
      assignment: { ...assignment, withImages: true },
      unsettledSince: assignment.at,
      ...(known.lastImageAt && { gsi1pk: casesOfPatient(patientId) }),
    };
    return this.#update(known, values, [equals('usedByPatientOnly', false)]);
  }

  /** Records that the images of the case were moved with it, unless it was moved again since it was read. */
  async markSettled(known: Case): Promise<void> {
    const { unsettledSince } = known;
    if (unsettledSince)
      await this.#update(known, { unsettledSince: null }, [equals('unsettledSince', unsettledSince)]);
  }

  /** Updates the case. Returns undefined if it is another patient's by now, or a condition fails. */
  async #update(
    { id, patientId }: Case,
    values: Record<string, unknown>,
    conditions: readonly Condition[],
  ): Promise<Case | undefined> {
    const { name: TableName, client } = this.#table;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: caseKey(id),
          ...updateIf([equals('patientId', patientId), ...conditions], updateOf(values)),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(Case, Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /**
   * Stores a pending image and claims its case for its patient until `claimedUntil`.
   *
   * @throws DomainError CONFLICT if the case belongs to another patient; StorageFull if the image does not fit into the quotas
   */
  async addPending(
    image: CaseImage,
    known: Case | undefined,
    now: Date,
    claimedUntil: Date,
    caller: Caller,
    quotas?: StorageQuotas,
  ): Promise<void> {
    const failed = await transact(this.#table, [
      putNew(toItem(image)),
      known && known.expiresAt === undefined && known.patientId === image.patientId
        ? keep(image)
        : claim(image, now, epochSeconds(claimedUntil), sourceOf(caller)),
      ...addStored([image], quotas),
    ]);
    // An earlier attempt of this request has stored the image.
    if (failed.has(0)) return;
    if (failed.has(1)) {
      const found = failed.get(1) && parseItem(Case, failed.get(1) ?? {});
      // The first image of the case arrived after our read, so the claim no longer expires. The case is still this
      // patient's.
      if (found?.patientId === image.patientId && known?.expiresAt !== found.expiresAt) {
        return this.addPending(image, found, now, claimedUntil, caller, quotas);
      }
      throw caseConflict(image.caseId, image.patientId);
    }
    const full = fullAt(failed, 2, [image], quotas);
    if (full) throw full;
  }
}

const keep = ({ caseId, patientId }: CaseImage) => ({
  ConditionCheck: {
    Key: caseKey(caseId),
    ConditionExpression: 'patientId = :patientId AND attribute_not_exists(expiresAt)',
    ExpressionAttributeValues: { ':patientId': patientId },
  },
});

/** The case is free, this patient's, or has an expired claim; but a case that has images is never overwritten. */
const UNCLAIMED =
  'attribute_not_exists(pk) OR (attribute_exists(expiresAt) AND (patientId = :patientId OR expiresAt <= :now))';
/** The clinic may also take over these cases: see `canChangePatient`. */
const EMPTY = 'attribute_not_exists(imageCount) OR imageCount = :none';
const FREE = `usedByPatientOnly = :true AND (${EMPTY})`;

const claim = ({ caseId, patientId }: CaseImage, now: Date, expiresAt: number, source: Source) => ({
  Put: {
    Item: { ...caseKey(caseId), id: caseId, patientId, expiresAt, usedByPatientOnly: source === 'patient' },
    ConditionExpression: source === 'patient' ? UNCLAIMED : `${UNCLAIMED} OR (${FREE})`,
    ExpressionAttributeValues: {
      ':patientId': patientId,
      ':now': epochSeconds(now),
      ...(source === 'clinic' && { ':true': true, ':none': 0 }),
    },
  },
});
