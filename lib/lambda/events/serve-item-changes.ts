import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Trigger } from '../../api/trigger.ts';
import { environment } from '../environment.ts';
import { logger } from '../http/response.ts';
import { isTransient } from '../is-transient.ts';
import { connect, type Factories } from '../needs.ts';
import { DeadLetters } from './dead-letters.ts';
import { isPermanent } from './permanent-failure.ts';

type Item = Record<string, unknown>;
type StreamImage = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/** An item before and after a change. A new item has only the latter, a deleted one only the former. */
export interface ChangedItem {
  before?: Item | undefined;
  after?: Item | undefined;
}

/**
 * How long the records after one are kept waiting by an error that does not pass; seconds. Within this time, a bad
 * deployment can be rolled back.
 */
const PATIENCE_SECONDS = 600;

/** The Lambda of a trigger on changes of items: see {@link serveChanges}. */
export const serveItemChanges = <Deps>(
  trigger: Trigger,
  handle: (change: ChangedItem, deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) => serveChanges<Deps>(trigger, (record, deps) => handle(changeOf(record), deps), needs);

/**
 * The Lambda of a trigger on the table's stream: a record that fails is retried together with those after it.
 *
 * A poison record must not block those for the day that the stream keeps it. So it is moved to the dead-letter queue, as
 * the event with which the function can be invoked again: at once if an item can't be parsed, and after ten minutes if
 * its error is none that passes. Outages of AWS are retried as long as the event source does.
 *
 * @param processInParallel false if the changes must be processed in their order
 */
export function serveChanges<Deps>(
  trigger: Trigger,
  handle: (record: DynamoDBRecord, deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
  processInParallel = false,
) {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const connected = connect<Deps>(needs);
  const queues = connect({ deadLetters: () => new DeadLetters(environment.deadLettersUrl) });
  const processRecord = async (record: DynamoDBRecord) => {
    const { eventID } = record;
    const deps = connected();
    try {
      await handle(record, deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, eventID, error: error as Error });
      if (!isPoison(record, error)) throw error;
      await queues().deadLetters.add(JSON.stringify({ Records: [record] }));
    }
  };
  return (event: DynamoDBStreamEvent, context: Context) =>
    processPartialResponse(event, processRecord, processor, {
      context,
      processInParallel,
      throwOnFullBatchFailure: false,
    });
}

function isPoison({ dynamodb }: DynamoDBRecord, error: unknown): boolean {
  if (isPermanent(error)) return true;
  const ageSeconds = Date.now() / 1000 - (dynamodb?.ApproximateCreationDateTime ?? 0);
  return ageSeconds > PATIENCE_SECONDS && !isTransient(error);
}

/** The item before and after the change. */
export const changeOf = ({ dynamodb }: Pick<DynamoDBRecord, 'dynamodb'>): ChangedItem => ({
  before: itemOf(dynamodb?.OldImage),
  after: itemOf(dynamodb?.NewImage),
});

const itemOf = (image: StreamImage): Item | undefined =>
  image && unmarshall(image as Record<string, AttributeValue>);
