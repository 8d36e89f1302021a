import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  Metric,
  PeriodOverride,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Queues } from '../queues.ts';

interface DashboardProps {
  /** The name of the dashboard, and of the namespace of the metrics that functions publish. */
  name: string;
  api: SpecRestApi;
  distribution: Distribution;
  /** The log of the functions. */
  logGroup: LogGroup;
  queues: ReadonlyMap<string, Queues>;
  tables: Readonly<Record<string, TableV2>>;
  alarms: readonly Alarm[];
}

/** What runs, waits and fails, on one page of CloudWatch. The first three dashboards of an account cost nothing. */
export class ServiceDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name, api, distribution, logGroup, queues, tables, alarms }: DashboardProps,
  ) {
    super(scope, id);
    const period = Duration.minutes(5);
    const lambda = (metricName: string, statistic: string) =>
      new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period });
    // CloudFront publishes its metrics in us-east-1 only, where no alarm of another region sees them.
    const cloudFront = (metricName: string) =>
      new Metric({
        namespace: 'AWS/CloudFront',
        metricName,
        dimensionsMap: { DistributionId: distribution.distributionId, Region: 'Global' },
        region: 'us-east-1',
        statistic: Stats.AVERAGE,
        period,
      });
    /** Of the functions that decide what becomes of an upload (`publish-decision.ts`). */
    const decisions = (metricName: string, statistic: string) =>
      ['make-thumbnail', 'ingest-dicom'].map((service) => {
        const label = `${service}, ${metricName} (${statistic})`;
        return new Metric({
          namespace: name,
          metricName,
          dimensionsMap: { service },
          statistic,
          period,
          label,
        });
      });
    const ofQueues = (metricOf: (queue: Queues) => IMetric | undefined) =>
      [...queues.values()].flatMap((queue) => metricOf(queue) ?? []);
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
    new Dashboard(this, 'Page', {
      dashboardName: name,
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 })],
        [
          graph('Requests and errors', [
            api.metricCount({ period }),
            api.metricClientError({ period }),
            api.metricServerError({ period }),
          ]),
          graph('Time of a request, ms', [
            api.metricLatency({ period, statistic: 'p50' }),
            api.metricLatency({ period, statistic: 'p99' }),
          ]),
        ],
        [
          graph('From arrival to ready, ms', [
            ...decisions('timeToReady', 'p50'),
            ...decisions('timeToReady', 'p99'),
          ]),
          graph(
            'Uploads that are not stored',
            ['rejected', 'conflict', 'failed'].flatMap((status) => decisions(status, Stats.SUM)),
          ),
        ],
        [
          new LogQueryWidget({
            title: 'Why uploads are not stored',
            logGroupNames: [logGroup.logGroupName],
            queryLines: [
              'fields service, reason',
              'filter rejected = 1 or conflict = 1 or failed = 1',
              'stats count() as files by service, reason',
              'sort files desc',
              'limit 20',
            ],
            width: 24,
          }),
        ],
        [
          graph(
            'Waiting messages',
            ofQueues(({ queue }) => queue?.metricApproximateNumberOfMessagesVisible({ period })),
          ),
          graph(
            'Dead letters',
            ofQueues(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible({ period })),
          ),
        ],
        [
          graph('Functions of the account', [
            lambda('ConcurrentExecutions', Stats.MAXIMUM),
            lambda('Throttles', Stats.SUM),
            lambda('Errors', Stats.SUM),
          ]),
          graph('Errors at CloudFront, %', [cloudFront('4xxErrorRate'), cloudFront('5xxErrorRate')]),
        ],
        [
          graph(
            'Refused by tables',
            Object.values(tables).flatMap((table) => [
              table.metric('ReadThrottleEvents', { period, statistic: Stats.SUM }),
              table.metric('WriteThrottleEvents', { period, statistic: Stats.SUM }),
            ]),
          ),
          graph(
            'Consumed by tables',
            Object.values(tables).flatMap((table) => [
              table.metricConsumedReadCapacityUnits({ period }),
              table.metricConsumedWriteCapacityUnits({ period }),
            ]),
          ),
        ],
      ],
    });
  }
}
