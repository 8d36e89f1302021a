import { type Alarm, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** The alarm on the rate of credentials that the authorizers refuse. */
export class RefusedCredentials extends Construct {
  readonly alarm: Alarm;

  /** @param services the authorizers, which publish the metric `refused` through Powertools */
  constructor(scope: Construct, id: string, services: readonly string[], threshold: number) {
    super(scope, id);
    const metrics = services.map(
      (service) =>
        new Metric({
          namespace: Stack.of(this).stackName,
          metricName: 'refused',
          dimensionsMap: { service },
          statistic: 'Sum',
        }),
    );
    this.alarm = new MathExpression({
      // A period in which nothing was refused has no value, and a sum with it would have none either.
      expression: metrics.map((_metric, index) => `FILL(m${index}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
      period: Duration.minutes(5),
      label: 'refused credentials',
    }).createAlarm(this, 'Alarm', {
      alarmDescription:
        'Many tokens or API keys were refused: somebody may be guessing them, or another system has an old key and gets nothing.',
      threshold,
      evaluationPeriods: 1,
    });
  }
}
