import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Trigger } from '../../api/trigger.ts';
import { logger } from '../http/response.ts';
import { connect, type Factories } from '../needs.ts';

type Item = Record<string, unknown>;
type StreamImage = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/** An item before and after a change. A new item has only the latter, a deleted one only the former. */
export interface ChangedItem {
  before?: Item | undefined;
  after?: Item | undefined;
}

/**
 * The Lambda of a trigger on changes of the table: a record that fails is retried together with those after it.
 *
 * @param processInParallel false if the changes must be processed in their order
 */
export function serveItemChanges<Deps>(
  trigger: Trigger,
  handle: (change: ChangedItem, deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
  processInParallel = false,
) {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const connected = connect<Deps>(needs);
  const processRecord = async ({ dynamodb, eventID }: DynamoDBRecord) => {
    const deps = connected();
    try {
      await handle({ before: itemOf(dynamodb?.OldImage), after: itemOf(dynamodb?.NewImage) }, deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, eventID, error: error as Error });
      throw error;
    }
  };
  return (event: DynamoDBStreamEvent, context: Context) =>
    processPartialResponse(event, processRecord, processor, {
      context,
      processInParallel,
      throwOnFullBatchFailure: false,
    });
}

const itemOf = (image: StreamImage): Item | undefined =>
  image && unmarshall(image as Record<string, AttributeValue>);
