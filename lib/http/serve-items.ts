import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Trigger } from '../api/trigger.ts';
import { logger } from './answer.ts';

/** An item as it was when it left the table, or as it is since it was changed. */
export type StreamedItem = Record<string, unknown>;

/** The Lambda of a trigger on items of the table: a record that fails is tried again with those after it. */
export function serveItems<Deps>(
  trigger: Trigger,
  handle: (item: StreamedItem, deps: Deps) => Promise<unknown>,
  connect: () => Deps,
) {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  let deps: Deps | undefined;
  const processRecord = async ({ dynamodb, eventID }: DynamoDBRecord) => {
    deps ??= connect();
    try {
      await handle(
        unmarshall((dynamodb?.NewImage ?? dynamodb?.OldImage ?? {}) as Record<string, AttributeValue>),
        deps,
      );
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, eventID, error: error as Error });
      throw error;
    }
  };
  return (event: DynamoDBStreamEvent, context: Context) =>
    processPartialResponse(event, processRecord, processor, { context, throwOnFullBatchFailure: false });
}
