import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type DicomOutcome,
  DicomUpload,
  RESULT_DAYS,
  UPLOAD_TRANSITIONS,
} from '../../domain/dicom/dicom-upload.ts';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import type { StorageQuotas } from '../../domain/limits/storage-quota.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { isOneOf, updateIf } from '../dynamodb/condition-expression.ts';
import { putAllNew } from '../dynamodb/put-once.ts';
import { hasExpired, parseItem, parseReadable, type Table } from '../dynamodb/table.ts';
import { updateOf } from '../dynamodb/update-expression.ts';
import { dicomUploadKey } from '../keys.ts';
import { requireRoom } from '../stored-amounts.ts';

/** The DICOM uploads by signed URLs. Some time after the outcome, DynamoDB's time to live removes them. */
export class DicomUploads {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Stores pending uploads. Those of an earlier attempt of the same request stay the same.
   *
   * They reserve no room: one that never arrives leaves nothing behind. Their files are counted when they are stored.
   *
   * @throws StorageFull if there is no room for them now
   */
  async create(uploads: readonly DicomUpload[], quotas?: StorageQuotas): Promise<void> {
    const files = uploads.map((each) => ({ ...each, uploadedBy: each.uploader.subject }));
    await requireRoom(this.#table, files, quotas);
    const items = uploads.map((upload) => ({ ...upload, ...dicomUploadKey(upload.id) }));
    await putAllNew(this.#table, items);
  }

  async get(id: string, now: Date): Promise<DicomUpload | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = dicomUploadKey(id);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && unexpired(Item, now);
  }

  /** Like `get`: those that are asked for at the same moment are read by one request. */
  async getTogether(id: string, now: Date): Promise<DicomUpload | undefined> {
    const [item] = await getMany(this.#table, [dicomUploadKey(id)]);
    return item && unexpired(item, now);
  }

  /** Reads the uploads that exist and have not expired, in the order of the ids. Damaged ones are left out. */
  async getMany(ids: readonly string[], now: Date): Promise<DicomUpload[]> {
    const items = await getMany(this.#table, [...new Set(ids)].map(dicomUploadKey));
    const uploads = parseReadable(DicomUpload, items);
    const found = new Map(uploads.filter((each) => !hasExpired(each, now)).map((each) => [each.id, each]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /**
   * Records the outcome of an upload.
   *
   * @returns the upload with it; undefined if it is decided or removed already, so that nothing changes
   */
  async decide({ id }: DicomUpload, outcome: DicomOutcome, now: Date): Promise<DicomUpload | undefined> {
    const { name: TableName, client } = this.#table;
    const isKept = outcome.status === 'failed' || outcome.status === 'scanning';
    const { from } = Object.values(UPLOAD_TRANSITIONS).find(({ to }) => to === outcome.status) ?? {};
    const expiresAt = isKept ? null : epochSeconds(now) + RESULT_DAYS * 86_400;
    try {
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName,
          Key: dicomUploadKey(id),
          ...updateIf([isOneOf('status', from ?? [])], updateOf({ reason: null, ...outcome, expiresAt })),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseItem(DicomUpload, Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

function unexpired(item: Record<string, unknown>, now: Date): DicomUpload | undefined {
  const found = parseItem(DicomUpload, item);
  return hasExpired(found, now) ? undefined : found;
}
