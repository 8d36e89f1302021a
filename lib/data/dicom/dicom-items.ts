import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { levelOf } from '../../domain/dicom/dicom-deletion.ts';
import {
  DicomInstance,
  DicomSeries,
  DicomStudy,
  isMember,
  isShown,
} from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { getMany } from '../dynamodb/batch-requests.ts';
import { queryAll } from '../dynamodb/page.ts';
import { parseItem, parseReadable, type Table } from '../dynamodb/table.ts';
import { instanceKey, instancesOfSeries, SERIES_OF_STUDY, seriesKey, studyKey } from '../keys.ts';

/** The items of a path, also those that are deleted. */
export interface DicomItems {
  study?: DicomStudy | undefined;
  series?: DicomSeries | undefined;
  instance?: DicomInstance | undefined;
}

/** Reads the study of a path and, if the path has their UIDs, its series and its instance: in one request. */
export async function readDicom(table: Table, path: DicomPath): Promise<DicomItems> {
  const { instance, ...items } = await readByUids(table, path);
  const isThere = instance?.studyUid === path.study && instance.seriesUid === path.series;
  return { ...items, instance: isThere ? instance : undefined };
}

/** Like `readDicom`; but the UID of an instance alone identifies it, so that it may be at another path. */
export async function readByUids(table: Table, path: DicomPath): Promise<DicomItems> {
  const keys = {
    study: studyKey(path.study),
    series: path.series === undefined ? undefined : seriesKey(path.study, path.series),
    instance: path.instance === undefined ? undefined : instanceKey(path.instance),
  };
  const items = await getMany(
    table,
    Object.values(keys).filter((key) => key !== undefined),
  );
  const find = (key: { pk: string; sk: string } | undefined) =>
    key && items.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
  const [study, series, instance] = [find(keys.study), find(keys.series), find(keys.instance)];
  return {
    study: study && parseItem(DicomStudy, study),
    series: series && parseItem(DicomSeries, series),
    instance: instance && parseItem(DicomInstance, instance),
  };
}

/** The path of an instance. */
export const pathOf = ({ studyUid, seriesUid, sopUid }: DicomInstance): DicomPath => ({
  study: studyUid,
  series: seriesUid,
  instance: sopUid,
});

/** Reads an instance, also if it, its series or its study is deleted. */
export async function getInstance(
  { name: TableName, client }: Table,
  sopUid: string,
): Promise<DicomInstance | undefined> {
  const Key = instanceKey(sopUid);
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item && parseItem(DicomInstance, Item);
}

/** The item that the path identifies. */
export const itemAt = (
  path: DicomPath,
  items: DicomItems,
): DicomStudy | DicomSeries | DicomInstance | undefined => items[levelOf(path)];

/**
 * Whether all items of the path exist and none of them is deleted. The state of an item says nothing of what is in it, so
 * that one write deletes or restores a study of any size.
 */
export function isPathShown(path: DicomPath, { study, series, instance }: DicomItems): boolean {
  if (!study || !isShown(study)) return false;
  if (path.series !== undefined && !(series && isShown(series))) return false;
  if (path.instance === undefined) return true;
  return instance !== undefined && instance.deletionId === undefined && isMember(study, instance);
}

/** Reads all series of a study, also deleted ones, in no order. A damaged one is an error, unless it is to be left out. */
export async function seriesItems(
  { name, client }: Table,
  studyUid: string,
  { leavesOutDamaged = false } = {},
): Promise<DicomSeries[]> {
  const found: DicomSeries[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :study AND begins_with(sk, :series)',
        ExpressionAttributeValues: { ':study': studyKey(studyUid).pk, ':series': SERIES_OF_STUDY },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    const parsed = leavesOutDamaged
      ? parseReadable(DicomSeries, Items)
      : Items.map((item) => parseItem(DicomSeries, item));
    found.push(...parsed);
    start = LastEvaluatedKey;
  } while (start);
  return found;
}

/** What the metadata of a series need of its instances. */
export const DescribedInstance = DicomInstance.pick({
  sopUid: true,
  seriesUid: true,
  studyUid: true,
  namedPatient: true,
  bytes: true,
  sha256: true,
  source: true,
  metadata: true,
  deletionId: true,
});
export type DescribedInstance = z.infer<typeof DescribedInstance>;

/** Like `instanceItems`, with less of each instance. */
export const describedItems = (table: Table, studyUid: string, seriesUid: string) =>
  queryAll(table, {
    partition: instancesOfSeries(studyUid, seriesUid),
    schema: DescribedInstance,
    attributes: Object.keys(DescribedInstance.shape),
    keyOf: instanceKey,
    idOf: ({ sopUid }: DescribedInstance) => sopUid,
  });

/**
 * Yields all instances of a series, also deleted ones, by instance number. The index may be outdated. Damaged ones are an
 * error after all others, unless they are to be left out.
 */
export const instanceItems = (
  table: Table,
  studyUid: string,
  seriesUid: string,
  { leavesOutDamaged = false } = {},
) =>
  queryAll(table, {
    leavesOutDamaged,
    partition: instancesOfSeries(studyUid, seriesUid),
    schema: DicomInstance,
    keyOf: instanceKey,
    idOf: ({ sopUid }: DicomInstance) => sopUid,
  });
