import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../dynamodb/table.ts';
import { annotationsOf } from '../keys.ts';

/** The keys of everything that was ever annotated of instances of one study. */
export async function annotationKeysOf(
  { name: TableName, client }: Table,
  studyUid: string,
  sopUids: ReadonlySet<string>,
): Promise<{ pk: string; sk: string }[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName,
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': annotationsOf(studyUid) },
      ProjectionExpression: 'pk, sk, instance',
      ConsistentRead: true,
    },
  );
  const keys: { pk: string; sk: string }[] = [];
  for await (const { Items = [] } of pages)
    for (const { pk, sk, instance } of Items) if (sopUids.has(instance)) keys.push({ pk, sk });
  return keys;
}
