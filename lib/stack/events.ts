import { type Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Trigger } from '../api/trigger.ts';
import { AUDIT_KEYS, TABLE_SCHEMA } from '../data/keys.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';
import { StoredItems } from './stored-items.ts';

const DAY_MINUTES = 24 * 60;

/** If a stream record waits longer than this, its function is failing. */
const LATE_MS = Duration.minutes(10).toMilliseconds();

/** Connects a function to its event source. Messages that fail repeatedly go to a dead-letter queue with an alarm. */
export class EventSource extends Construct {
  /** Alarms about failed or waiting messages. Their text says what users lose. */
  readonly alarms: Alarm[];

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
    const alarm = (name: string, metric: Metric, threshold: number, evaluationPeriods = 1) =>
      metric.createAlarm(this, name, {
        alarmDescription: trigger.costOfFailure,
        threshold,
        evaluationPeriods,
      });
    const late: Alarm[] = [];
    if ('everyMinutes' in source) {
      const schedule = Schedule.rate(Duration.minutes(source.everyMinutes));
      // The schedule itself is the retry.
      new Rule(this, 'Clock', { schedule, targets: [new LambdaTarget(handler, { retryAttempts: 0 })] });
      // A run of a daily function is not repeated before the next day, and nobody misses it if it does not run.
      const isDaily = source.everyMinutes === DAY_MINUTES;
      this.alarms = [
        alarm('Alarm', handler.metricErrors({ period: Duration.minutes(5) }), isDaily ? 1 : 3),
        ...(isDaily ? [this.#missing(trigger, handler)] : []),
        ...(trigger.metric ? [alarm('Found', metricOf(this, trigger.id, trigger.metric), 1)] : []),
      ];
      return;
    }
    if (!queues) throw new Error(`${trigger.id} has no queues.`);
    const { queue, deadLetters } = queues;
    deadLetters.grantSendMessages(handler);
    handler.addEnvironment('DEAD_LETTERS_URL', deadLetters.queueUrl);
    if ('objectsUnder' in source || 'itemsStored' in source || 'scanResults' in source) {
      if (!queue) throw new Error(`${trigger.id} has no queue.`);
      handler.addEnvironment('QUEUE_URL', queue.queueUrl);
      // A message between two attempts is not visible, and the age metric does not include messages received more
      // than three times (SQS developer guide, "Available CloudWatch metrics").
      const waiting = queue.metricApproximateNumberOfMessagesNotVisible({
        period: Duration.minutes(15),
        statistic: 'Minimum',
      });
      late.push(alarm('Late', waiting, 1, 8));
      if ('itemsStored' in source)
        late.push(alarm('NotQueued', new StoredItems(this, 'Items', source, storage, queue).failures, 1));
      handler.addEventSource(
        new SqsEventSource(queue, {
          batchSize: source.batchSize,
          // Two is Lambda's minimum (developer guide, "Configuring maximum concurrency for SQS event sources").
          maxConcurrency: Math.max(2, Math.min(source.maximumConcurrency, Math.floor(concurrency / 5))),
          reportBatchItemFailures: true,
        }),
      );
    } else {
      storage.key.grantDecrypt(handler);
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
    const period = Duration.minutes(1);
    this.alarms = [
      alarm('Alarm', deadLetters.metricApproximateNumberOfMessagesVisible({ period }), 1),
      ...('itemsRemoved' in source || 'auditChanged' in source
        ? [alarm('Late', handler.metric('IteratorAge', { period, statistic: 'Maximum' }), LATE_MS)]
        : late),
    ];
  }

  /** An alarm if a daily function did not run for two days. */
  #missing({ costOfFailure }: Trigger, handler: LambdaFunction): Alarm {
    return handler.metricInvocations({ period: Duration.days(1) }).createAlarm(this, 'Missing', {
      alarmDescription: costOfFailure,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}

/** A metric that a function publishes through Powertools. */
const metricOf = (scope: Construct, service: string, metricName: string) =>
  new Metric({
    namespace: Stack.of(scope).stackName,
    metricName,
    dimensionsMap: { service },
    statistic: 'Sum',
    period: Duration.hours(1),
  });

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
