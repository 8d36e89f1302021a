import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import {
  DynamoEventSource,
  S3OnFailureDestination,
  SqsEventSource,
} from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isQueued, type QueuedItems, type Trigger } from '../api/trigger.ts';
import { AUDIT_KEYS, TABLE_SCHEMA } from '../data/keys.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';

/**
 * Connects a function to its event source. Messages that fail repeatedly go to a dead-letter queue, and records of a stream to a
 * bucket: see `event-alarms.ts`.
 */
export class EventSource extends Construct {
  /** The records that are given up, if the source is a stream. */
  readonly givenUp: Metric | undefined;

  constructor(
    scope: Construct,
    trigger: Trigger,
    storage: Storage,
    queuesOf: (triggerId: string) => Queues | undefined,
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
    const queues = queuesOf(trigger.id);
    if (!queues) throw new Error(`${trigger.id} has no queues.`);
    const { queue, deadLetters } = queues;
    handler.addEnvironment('DEAD_LETTERS_URL', deadLetters.queueUrl);
    if (isQueued(source)) {
      if (!queue) throw new Error(`${trigger.id} has no queue.`);
      handler.addEnvironment('QUEUE_URL', queue.queueUrl);
      handler.addEventSource(
        new SqsEventSource(queue, {
          batchSize: source.batchSize,
          // Two is Lambda's minimum (developer guide, "Configuring maximum concurrency for SQS event sources").
          maxConcurrency: Math.max(2, Math.min(source.maximumConcurrency, Math.floor(concurrency / 5))),
          reportBatchItemFailures: true,
        }),
      );
    } else {
      // More than two readers of a shard may be throttled (DynamoDB quotas, "DynamoDB Streams"): the table of images has
      // these two, `notify` and `distribute-changes`.
      const records = new DynamoEventSource('auditChanged' in source ? storage.audit : storage.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: source.batchSize,
        // For deletions, only the stream record has the object keys, so it is retried as long as the stream keeps it,
        // a day. A change can be read from the lists. A poison record does not block the others for long: see
        // `serveChanges`.
        retryAttempts: 'maximumRetries' in source ? source.maximumRetries : 10_000,
        ...('auditChanged' in source
          ? { maxBatchingWindow: Duration.seconds(source.waitSeconds) }
          : { bisectBatchOnError: true, reportBatchItemFailures: true }),
        // S3, and no queue: only there it keeps the records themselves (Lambda developer guide, "Retain discarded records for a
        // DynamoDB event source").
        onFailure: new S3OnFailureDestination(storage.failedRecords),
        metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
        filters: filtersOf(source, (id) => queuesOf(id) !== undefined),
      });
      handler.addEventSource(records);
      this.givenUp = new Metric({
        namespace: 'AWS/Lambda',
        // Lambda developer guide, "Event source mapping metrics".
        metricName: 'OnFailureDestinationDeliveredEventCount',
        dimensionsMap: { EventSourceMappingUUID: records.eventSourceMappingId },
        statistic: 'Sum',
        period: Duration.minutes(5),
      });
    }
  }
}

/** The filter for the stream records that invoke the function. */
function filtersOf(
  source: Extract<
    Trigger['source'],
    { auditChanged: unknown } | { itemsChanged: unknown } | { changesFor: unknown }
  >,
  exists: (triggerId: string) => boolean,
) {
  if ('auditChanged' in source) return [filterBy([AUDIT_KEYS])];
  if ('itemsChanged' in source) return [filterBy(source.itemsChanged)];
  // Lambda takes five filters for each source, and there are more kinds of changes: the function looks at the attributes.
  const wanted = Map.groupBy(
    source.changesFor.filter(({ id }) => exists(id)).flatMap((each) => keysOf(each.source)),
    ({ eventName }) => eventName,
  );
  return [...wanted].map(([eventName, each]) =>
    filterBy([...new Set(each.map(({ prefix }) => prefix))], eventName),
  );
}

const filterBy = (prefixes: readonly string[], eventName?: string) =>
  FilterCriteria.filter({
    ...(eventName !== undefined && { eventName: FilterRule.isEqual(eventName) }),
    dynamodb: {
      Keys: { [TABLE_SCHEMA.partitionKey]: { S: prefixes.flatMap((each) => FilterRule.beginsWith(each)) } },
    },
  });

/** The kinds of changes and the prefixes of the keys that a function receives. */
function keysOf(source: QueuedItems): { eventName: string; prefix: string }[] {
  if ('itemsStored' in source) return [{ eventName: 'INSERT', prefix: source.itemsStored }];
  if ('itemsRemoved' in source) return source.itemsRemoved.map((prefix) => ({ eventName: 'REMOVE', prefix }));
  return source.itemsMarked.map(({ keys }) => ({ eventName: 'MODIFY', prefix: keys }));
}
