import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { ItemMark, QueuedItems } from '../../api/trigger.ts';
import { TABLE_SCHEMA } from '../../data/keys.ts';

/** Whether a function with this source acts on the change. */
export function isFor(source: QueuedItems, { eventName, dynamodb = {} }: DynamoDBRecord): boolean {
  const key = dynamodb.Keys?.[TABLE_SCHEMA.partitionKey]?.S ?? '';
  const isUnder = (prefix: string) => key.startsWith(prefix);
  if ('itemsStored' in source) return eventName === 'INSERT' && isUnder(source.itemsStored);
  if ('itemsRemoved' in source) return eventName === 'REMOVE' && source.itemsRemoved.some(isUnder);
  return (
    eventName === 'MODIFY' &&
    source.itemsMarked.some((mark) => isUnder(mark.keys) && isMarked(mark, dynamodb.NewImage))
  );
}

type Attributes = Record<string, AttributeValue> | undefined;

function isMarked({ attribute, statuses }: ItemMark, item: Attributes): boolean {
  if (statuses && !statuses.includes(item?.status?.S ?? '')) return false;
  const [name = '', inside] = attribute.split('.');
  const value = inside === undefined ? item?.[name] : item?.[name]?.M?.[inside];
  return value?.S !== undefined;
}
