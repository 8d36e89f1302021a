import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DicomStudy } from '../../domain/dicom/dicom-instance.ts';
import { type DicomUpload, DicomUploadStatus } from '../../domain/dicom/dicom-upload.ts';
import { ImageStatus } from '../../domain/images/image-status.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { parseItem, parseReadable, type Table } from '../dynamodb/table.ts';
import { dicomUploadKey, erasureKey, imageKey, instanceKey, studyKey } from '../keys.ts';

type Key = Record<string, string>;

/** The items of the table, whatever their state: for the reconciliation only. */
export class StoredItems {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Yields all items in pages, in an order of DynamoDB's own, with the key after which each page ends. */
  async *scan(start?: Key): AsyncGenerator<{ items: Record<string, unknown>[]; last: Key | undefined }> {
    const { name: TableName, client } = this.#table;
    let last = start;
    do {
      const { Items: items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName,
          ConsistentRead: true,
          Limit: PAGE,
          ...(last && { ExclusiveStartKey: last }),
        }),
      );
      last = LastEvaluatedKey;
      yield { items, last };
    } while (last);
  }

  /** Reads an item again. */
  async get({ pk, sk }: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
    return Item;
  }

  /** The states of images by their ids: `erased` for those that were erased. Unknown images are missing. */
  async statesOfImages(ids: readonly string[]): Promise<Map<string, ImageStatus | 'erased'>> {
    const [images, erasures] = await Promise.all([
      getMany(this.#table, ids.map(imageKey)),
      getMany(this.#table, ids.map(erasureKey)),
    ]);
    return new Map([
      ...erasures.map((item) => [String(item.id), 'erased'] as const),
      ...images.map((item) => [String(item.id), parseItem(State, item).status] as const),
    ]);
  }

  /** The states of DICOM uploads by their ids. Unknown uploads are missing. */
  async statesOfDicomUploads(ids: readonly string[]): Promise<Map<string, DicomUpload['status']>> {
    const items = await getMany(this.#table, ids.map(dicomUploadKey));
    return new Map(items.map((item) => [String(item.id), parseItem(UploadState, item).status]));
  }

  /** The patients of the studies to which these items belong, as far as they are DICOM instances. */
  async patientsOfStudies(items: readonly Record<string, unknown>[]): Promise<Map<string, string | null>> {
    const instances = items.filter(({ sk }) => sk === 'INSTANCE');
    const uids = [...new Set(instances.map(({ studyUid }) => String(studyUid)))];
    const studies = parseReadable(OwnedStudy, await getMany(this.#table, uids.map(studyKey)));
    return new Map(studies.map(({ studyUid, patientId }) => [studyUid, patientId]));
  }

  /** The hashes of the files of DICOM instances by their UIDs. Unknown instances are missing. */
  async hashesOfInstances(sopUids: readonly string[]): Promise<Map<string, string>> {
    const items = await getMany(this.#table, sopUids.map(instanceKey));
    return new Map(items.map((item) => [String(item.sopUid), String(item.sha256)]));
  }
}

const OwnedStudy = DicomStudy.pick({ studyUid: true, patientId: true });
const State = z.object({ status: ImageStatus });
const UploadState = z.object({ status: DicomUploadStatus });

/** Items of one page. Examining one may take a Query or some requests to S3. */
const PAGE = 200;
