import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type DicomOutcome, DicomUpload } from '../../domain/dicom/dicom-upload.ts';
import { getMany } from '../batch-requests.ts';
import { dicomUploadKey } from '../keys.ts';
import { putAllNew } from '../put-once.ts';
import { parseItem, type Table } from '../table.ts';

/** The DICOM uploads by signed URLs. DynamoDB's time to live removes them. */
export class DicomUploads {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Stores pending uploads. Those of an earlier attempt of the same request stay the same. */
  async create(...uploads: readonly DicomUpload[]): Promise<void> {
    const items = uploads.map((upload) => ({ ...upload, ...dicomUploadKey(upload.id) }));
    await putAllNew(this.#table, items);
  }

  async get(id: string, now: Date): Promise<DicomUpload | undefined> {
    const { name: TableName, client } = this.#table;
    const Key = dicomUploadKey(id);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const found = Item && parseItem(DicomUpload, Item);
    return found && isRemembered(found, now) ? found : undefined;
  }

  /** Reads the uploads that exist and have not expired, in the order of the ids. */
  async getMany(ids: readonly string[], now: Date): Promise<DicomUpload[]> {
    const items = await getMany(this.#table, [...new Set(ids)].map(dicomUploadKey));
    const uploads = items.map((item) => parseItem(DicomUpload, item));
    const found = new Map(uploads.filter((each) => isRemembered(each, now)).map((each) => [each.id, each]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** Records the outcome of a pending upload. If it is decided or deleted already, nothing changes. */
  async decide({ id }: DicomUpload, outcome: DicomOutcome): Promise<void> {
    const { name: TableName, client } = this.#table;
    const fields = Object.entries(outcome).filter(([, value]) => value !== undefined);
    try {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: dicomUploadKey(id),
          UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: '#status = :pending',
          ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ':pending': 'pending',
            ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

/** DynamoDB removes expired items within days, not at once. */
const isRemembered = ({ expiresAt }: DicomUpload, now: Date): boolean => expiresAt * 1000 > now.getTime();
