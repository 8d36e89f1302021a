import { type Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Trigger } from '../../api/trigger.ts';
import type { Queues } from '../queues.ts';
import { alarmText } from './service-alarms.ts';

const DAY_MINUTES = 24 * 60;

/** If a new message waits longer than this, too few functions run. */
const UNTAKEN_SECONDS = Duration.minutes(15).toSeconds();

/** If a stream record waits longer than this, its function is failing. */
const LATE_MS = Duration.minutes(10).toMilliseconds();

/** An event function with what feeds it. */
export interface ConnectedTrigger {
  trigger: Trigger;
  handler: LambdaFunction;
  queues: Queues | undefined;
  /** The records that are given up, of a stream. */
  givenUp: Metric | undefined;
}

/** The alarms about failed or waiting messages of an event function. Their text says what users lose. */
export class EventAlarms extends Construct {
  readonly all: Alarm[] = [];
  readonly #connected: ConnectedTrigger;

  /** @param namespace of the metrics that the function publishes */
  constructor(scope: Construct, connected: ConnectedTrigger, namespace: string) {
    super(scope, connected.trigger.id);
    this.#connected = connected;
    const { source } = connected.trigger;
    if ('everyMinutes' in source) this.#addClock(source.everyMinutes === DAY_MINUTES, namespace);
    else this.#addMessages();
  }

  /** A run of a daily function is not repeated before the next day, and nobody misses it if it does not run. */
  #addClock(isDaily: boolean, namespace: string): void {
    const { trigger, handler } = this.#connected;
    this.#add('Alarm', handler.metricErrors({ period: Duration.minutes(5) }), isDaily ? 1 : 3);
    if (isDaily)
      this.#add('Missing', handler.metricInvocations({ period: Duration.days(1) }), 1, 2, {
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      });
    if (!trigger.metric) return;
    const dimensionsMap = { service: trigger.id };
    const period = Duration.hours(1);
    const published = { namespace, metricName: trigger.metric, dimensionsMap, statistic: 'Sum', period };
    this.#add('Found', new Metric(published), 1);
  }

  #addMessages(): void {
    const { trigger, handler, queues, givenUp } = this.#connected;
    const { source } = trigger;
    const period = Duration.minutes(1);
    if (queues)
      this.#add('Alarm', queues.deadLetters.metricApproximateNumberOfMessagesVisible({ period }), 1);
    const { queue } = queues ?? {};
    if (queue) {
      // A message between two attempts is not visible, and the age metric does not include messages received more
      // than three times (SQS developer guide, "Available CloudWatch metrics").
      const period = Duration.minutes(15);
      this.#add(
        'Late',
        queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Minimum' }),
        1,
        8,
      );
      // Messages that nobody takes: the function is off, or too few may run at once.
      const age = { period: Duration.minutes(5), statistic: 'Maximum' };
      this.#add('Untaken', queue.metricApproximateAgeOfOldestMessage(age), UNTAKEN_SECONDS, 3);
    }
    if (givenUp) this.#add('GivenUp', givenUp, 1);
    if ('changesFor' in source || 'auditChanged' in source)
      this.#add('Late', handler.metric('IteratorAge', { period, statistic: 'Maximum' }), LATE_MS);
  }

  #add(name: string, metric: Metric, threshold: number, evaluationPeriods = 1, options: object = {}): void {
    const { id, costOfFailure } = this.#connected.trigger;
    const alarmDescription = alarmText(costOfFailure, id);
    this.all.push(
      metric.createAlarm(this, name, { alarmDescription, threshold, evaluationPeriods, ...options }),
    );
  }
}
