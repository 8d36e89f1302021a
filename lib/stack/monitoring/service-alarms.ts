import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  type Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const RUNBOOK = 'docs/runbook.md';

/** The text of an alarm: what the fault costs people, and the section of the runbook that says what to do. */
export const alarmText = (cost: string, section: string) => `${cost} What to do: ${RUNBOOK}#${section}`;

interface ServiceAlarmsProps {
  api: SpecRestApi;
  authorizers: readonly { name: string; handler: LambdaFunction }[];
  tables: readonly TableV2[];
  /** The namespace of the metrics that functions publish. */
  namespace: string;
  /** Counts the stored items that can't be read. */
  damagedItems: MetricFilter;
  /** Refused credentials within five minutes that raise the alarm. */
  refusedForAlarm: number;
  /** The user pool and its client; none if the clinic has an issuer of its own. */
  signIn: { userPoolId: string; clientId: string } | undefined;
}

const FIVE_MINUTES = { period: Duration.minutes(5), statistic: Stats.SUM };

/** The alarms on the service as a whole. Those of event functions are in `event-alarms.ts`. */
export class ServiceAlarms extends Construct {
  readonly all: Alarm[] = [];
  readonly #namespace: string;

  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    this.#namespace = props.namespace;
    const { api, authorizers, tables, damagedItems, refusedForAlarm, signIn } = props;
    this.#add(
      'ApiFailures',
      'api-failures',
      api.metricServerError(FIVE_MINUTES),
      5,
      'People get errors that are ours; what they sent may not be stored.',
    );
    this.#add(
      'DamagedItems',
      'damaged-items',
      damagedItems.metric({ ...FIVE_MINUTES, period: Duration.hours(1) }),
      1,
      'Lists lack what is stored and can not be read: nobody sees it until it is mended.',
    );
    this.#add(
      'RefusedCredentials',
      'refused-credentials',
      this.#sum(authorizers.map(({ name }) => this.#published(name, 'refused'))),
      refusedForAlarm,
      'Many tokens or API keys were refused: somebody may be guessing them, or another system has an old key and gets nothing.',
    );
    this.#add(
      'Authorizers',
      'authorizers',
      this.#sum(authorizers.map(({ handler }) => handler.metricErrors(FIVE_MINUTES))),
      3,
      'Tokens and keys can not be verified: people are asked to try again, and nobody gets in.',
    );
    // Without a dimension, it is that of the account, whose functions share the concurrency.
    this.#add(
      'ThrottledFunctions',
      'throttled-functions',
      new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', ...FIVE_MINUTES }),
      10,
      'Functions wait for each other: people wait or are asked to try again, and thumbnails come late.',
      3,
    );
    const throttles = tables.flatMap((table) =>
      ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => table.metric(name, FIVE_MINUTES)),
    );
    this.#add(
      'ThrottledTables',
      'throttled-tables',
      this.#sum(throttles),
      100,
      'DynamoDB refuses requests: people wait or are asked to try again.',
      3,
    );
    if (signIn)
      this.#add(
        'SignIn',
        'sign-in',
        failedSignIns(signIn),
        20,
        'Many people fail to sign in, or somebody guesses passwords.',
      );
  }

  #add(id: string, section: string, metric: IMetric, threshold: number, cost: string, evaluationPeriods = 1) {
    const created = (metric as Metric).createAlarm(this, id, {
      alarmDescription: alarmText(cost, section),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold,
      evaluationPeriods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.all.push(created);
  }

  /** A metric that a function publishes through Powertools. */
  #published(service: string, metricName: string): Metric {
    const namespace = this.#namespace;
    return new Metric({ namespace, metricName, dimensionsMap: { service }, ...FIVE_MINUTES });
  }

  /** A period in which nothing was counted has no value, and a sum with it would have none either. */
  #sum(metrics: readonly IMetric[]): MathExpression {
    return new MathExpression({
      expression: metrics.map((_metric, index) => `FILL(m${index}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
      period: Duration.minutes(5),
    });
  }
}

/** Cognito counts a sign-in as 1 or 0 (Cognito developer guide, "Metrics for Amazon Cognito user pools"). */
function failedSignIns({ userPoolId, clientId }: NonNullable<ServiceAlarmsProps['signIn']>): MathExpression {
  const signIns = (statistic: string) =>
    new Metric({
      namespace: 'AWS/Cognito',
      metricName: 'SignInSuccesses',
      dimensionsMap: { UserPool: userPoolId, UserPoolClient: clientId },
      ...FIVE_MINUTES,
      statistic,
    });
  return new MathExpression({
    expression: 'attempts - successes',
    usingMetrics: { attempts: signIns(Stats.SAMPLE_COUNT), successes: signIns(Stats.SUM) },
    period: Duration.minutes(5),
    label: 'failed sign-ins',
  });
}
