import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Trigger } from '../api/trigger.ts';
import { AUDIT_KEYS, TABLE_SCHEMA } from '../data/keys.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';
import { StoredItems } from './stored-items.ts';

/** Connects a function to its event source. Messages that fail repeatedly go to a dead-letter queue: see `event-alarms.ts`. */
export class EventSource extends Construct {
  /** The failed deliveries of new items to the queue, if the source is the table's items. */
  readonly undelivered: Metric | undefined;

  constructor(
    scope: Construct,
    trigger: Trigger,
    storage: Storage,
    queues: Queues | undefined,
    handler: LambdaFunction,
    { concurrency }: Pick<Settings, 'concurrency'>,
  ) {
    super(scope, trigger.id);
    const { source } = trigger;
    if ('everyMinutes' in source) {
      const schedule = Schedule.rate(Duration.minutes(source.everyMinutes));
      // The schedule itself is the retry.
      new Rule(this, 'Clock', { schedule, targets: [new LambdaTarget(handler, { retryAttempts: 0 })] });
      return;
    }
    if (!queues) throw new Error(`${trigger.id} has no queues.`);
    const { queue, deadLetters } = queues;
    handler.addEnvironment('DEAD_LETTERS_URL', deadLetters.queueUrl);
    if ('objectsUnder' in source || 'itemsStored' in source || 'scanResults' in source) {
      if (!queue) throw new Error(`${trigger.id} has no queue.`);
      handler.addEnvironment('QUEUE_URL', queue.queueUrl);
      if ('itemsStored' in source)
        this.undelivered = new StoredItems(this, 'Items', source, storage, queue).failures;
      handler.addEventSource(
        new SqsEventSource(queue, {
          batchSize: source.batchSize,
          // Two is Lambda's minimum (developer guide, "Configuring maximum concurrency for SQS event sources").
          maxConcurrency: Math.max(2, Math.min(source.maximumConcurrency, Math.floor(concurrency / 5))),
          reportBatchItemFailures: true,
        }),
      );
    } else {
      // More than two readers of a shard may be throttled (DynamoDB quotas, "DynamoDB Streams"). The images' table has
      // four, or five with a pipe. Lambda then retries, so that records arrive late but none is lost.
      handler.addEventSource(
        new DynamoEventSource('auditChanged' in source ? storage.audit : storage.table, {
          startingPosition: StartingPosition.TRIM_HORIZON,
          batchSize: source.batchSize,
          // For deletions, only the stream record has the object keys, so it is retried as long as the stream keeps it,
          // a day. A marked item can be reported again by its client, and a change can be read from the lists. A poison
          // record does not block the others for long: see `serveItemChanges`.
          retryAttempts: 'maximumRetries' in source ? source.maximumRetries : 10_000,
          ...('auditChanged' in source
            ? { maxBatchingWindow: Duration.seconds(source.waitSeconds) }
            : { bisectBatchOnError: true, reportBatchItemFailures: true }),
          onFailure: new SqsDlq(deadLetters),
          filters: filtersOf(source),
        }),
      );
    }
  }
}

/** The filter for the stream records that invoke the function. */
function filtersOf(
  source: Exclude<
    Trigger['source'],
    | { objectsUnder: unknown }
    | { itemsStored: unknown }
    | { scanResults: unknown }
    | { everyMinutes: unknown }
  >,
) {
  const keysFrom = (prefix: string) => ({
    [TABLE_SCHEMA.partitionKey]: { S: FilterRule.beginsWith(prefix) },
  });
  if ('auditChanged' in source) return [FilterCriteria.filter({ dynamodb: { Keys: keysFrom(AUDIT_KEYS) } })];
  if ('itemsRemoved' in source) {
    return source.itemsRemoved.map((prefix) =>
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('REMOVE'),
        dynamodb: { Keys: keysFrom(prefix) },
      }),
    );
  }
  if ('itemsChanged' in source) {
    return source.itemsChanged.map((prefix) =>
      FilterCriteria.filter({ dynamodb: { Keys: keysFrom(prefix) } }),
    );
  }
  return source.itemsMarked.map(({ keys, attribute, statuses }) =>
    FilterCriteria.filter({
      eventName: FilterRule.isEqual('MODIFY'),
      dynamodb: {
        Keys: keysFrom(keys),
        NewImage: {
          ...existing(attribute),
          ...(statuses && { status: { S: FilterRule.or(...statuses) } }),
        },
      },
    }),
  );
}

/** The pattern of an item that has this string, or this string within a map as `map.string`. */
function existing(attribute: string): object {
  const [name = '', inside] = attribute.split('.');
  return { [name]: inside === undefined ? { S: FilterRule.exists() } : { M: existing(inside) } };
}
