import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { Id } from '../../domain/identifiers.ts';
import { Image } from '../../domain/images/image.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { type Page, type PageRequest, queryAll, queryPage } from '../dynamodb/page.ts';
import { queryShards } from '../dynamodb/query-shards.ts';
import { hasExpired, parseItem, parseReadable, type Table } from '../dynamodb/table.ts';
import {
  imageKey,
  imagesOfBatch,
  imagesOfCase,
  imagesOfPatient,
  linkKey,
  linksOfPatient,
  linksOfRecord,
  uploadsOfDay,
} from '../keys.ts';

/** The image id of a link item. */
export const RecordLink = z.object({ id: Id });

type Keep = (image: Image) => boolean;

/** Reads the images in the table. */
export class Images {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(id: string): Promise<Image | undefined> {
    const { name: TableName, client } = this.#table;
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: imageKey(id), ConsistentRead: true }),
    );
    return Item && !isGone(Item) ? parseItem(Image, Item) : undefined;
  }

  /** Reads the images that exist, in the order of the ids. Damaged ones are left out. */
  async getMany(ids: readonly string[]): Promise<Image[]> {
    const items = await getMany(this.#table, [...new Set(ids)].map(imageKey));
    const there = items.filter((item) => !isGone(item));
    const images = parseReadable(Image, there);
    const found = new Map(images.map((image) => [image.id, image]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** Lists one page of the batch's images, in their order. */
  async listInBatch(batchId: string, page: PageRequest, keep?: Keep): Promise<Page<Image>> {
    return queryPage(this.#table, { ...listQuery(imagesOfBatch(batchId)), ...(keep && { keep }) }, page);
  }

  /** Yields all images of the batch, in their order. */
  allInBatch(batchId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, listQuery(imagesOfBatch(batchId)));
  }

  /** Lists one page of the case's images by their displayed time, oldest first. */
  async listInCase(caseId: string, page: PageRequest): Promise<Page<Image>> {
    return queryPage(this.#table, listQuery(imagesOfCase(caseId)), page);
  }

  /** Yields all images of the case, oldest first, pending ones included. */
  allInCase(caseId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, listQuery(imagesOfCase(caseId)));
  }

  /** Lists one page of the patient's images, of batches and cases, newest first. */
  async listOfPatient(patientId: string, page: PageRequest, keep?: Keep): Promise<Page<Image>> {
    const query = { ...listQuery(imagesOfPatient(patientId)), index: 'gsi2', newestFirst: true } as const;
    return queryPage(this.#table, { ...query, ...(keep && { keep }) }, page);
  }

  /** Yields all images of the patient, of batches and cases, oldest first. */
  allOfPatient(patientId: string): AsyncGenerator<Image> {
    return queryAll(this.#table, { ...listQuery(imagesOfPatient(patientId)), index: 'gsi2' });
  }

  /**
   * Lists one page of the images that are linked to a record other than a patient: of one patient, or all.
   *
   * One Query reads the links and one more request reads their images. A link whose image is deleted makes the page
   * shorter.
   */
  async listOfRecord(
    [type, recordId]: readonly [type: string, recordId: string],
    patientId: string | undefined,
    page: PageRequest,
  ): Promise<Page<Image>> {
    const query = {
      schema: RecordLink,
      keyOf: (imageId: string) => linkKey(imageId, type, recordId),
      newestFirst: true,
      ...(patientId === undefined
        ? { index: 'gsi2' as const, partition: linksOfRecord(type, recordId) }
        : { partition: linksOfPatient(type, recordId, patientId) }),
    };
    const links = await queryPage(this.#table, query, page);
    return { items: await this.getMany(links.items.map(({ id }) => id)), next: links.next };
  }

  /**
   * Yields the images that were uploaded on a day by the clinic's clock, the last one first; also those that are pending or were
   * refused, and none that is deleted.
   */
  async *uploadedOn(day: string, readAtOnce: number): AsyncGenerator<Image> {
    const query = {
      schema: Image,
      keyOf: imageKey,
      index: 'gsi3' as const,
      filter: {
        FilterExpression: '#status <> :deleted',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':deleted': 'deleted' },
      },
    };
    for await (const { item } of queryShards(this.#table, uploadsOfDay(day), query, readAtOnce)) yield item;
  }
}

/** Whether an item is not to be found any more. */
const isGone = (item: Record<string, unknown>) => item.status === 'deleted' || hasExpired(item, new Date());

/** The query of a list of images, without those whose time to live has ended. */
export const listQuery = (partition: string) => ({
  partition,
  schema: Image,
  keyOf: imageKey,
  filter: {
    FilterExpression: 'attribute_not_exists(expiresAt) OR expiresAt > :now',
    ExpressionAttributeValues: { ':now': epochSeconds(new Date()) },
  },
});
