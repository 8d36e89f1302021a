import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, test } from 'vitest';
import { Settings } from '../../lib/stack/settings.ts';
import { synthesizeTemplate } from '../support/synthesize-template.ts';

let template: Template;
beforeAll(() => {
  ({ template } = synthesizeTemplate());
});

test('An alarm watches the rate of the credentials that both authorizers refuse', () => {
  const metricOf = (service: string) =>
    Match.objectLike({
      MetricStat: Match.objectLike({
        Metric: {
          Namespace: 'Negatoscope-prod',
          MetricName: 'refused',
          Dimensions: [{ Name: 'service', Value: service }],
        },
        Stat: 'Sum',
        Period: 300,
      }),
    });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Threshold: 50,
    Metrics: [
      Match.objectLike({ Expression: 'FILL(m0, 0) + FILL(m1, 0)' }),
      metricOf('authorizer'),
      metricOf('authorize-connection'),
    ],
  });
  for (const service of ['authorizer', 'authorize-connection']) {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          POWERTOOLS_SERVICE_NAME: service,
          POWERTOOLS_METRICS_NAMESPACE: 'Negatoscope-prod',
        }),
      },
    });
  }
});

test('Both stages throttle', () => {
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 })],
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
  });
});

test('A rule that paces each address exists only if the clinic sets it', () => {
  template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  const { template: paced } = synthesizeTemplate({ requestsPerAddress: 3000 });
  paced.hasResourceProperties('AWS::WAFv2::WebACL', {
    Scope: 'REGIONAL',
    Rules: [
      Match.objectLike({
        Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
        Statement: {
          RateBasedStatement: Match.objectLike({
            Limit: 3000,
            EvaluationWindowSec: 300,
            AggregateKeyType: 'CUSTOM_KEYS',
          }),
        },
      }),
    ],
  });
  paced.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  expect(Settings.safeParse({ requestsPerAddress: 9 }).success).toBe(false);
});
