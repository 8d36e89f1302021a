import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesizeTemplate } from '../support/synthesize-template.ts';

const { template } = synthesizeTemplate();

interface Reference {
  'Fn::Join': [string, unknown[]];
}
/** The logical id of the secret that a dynamic reference of CloudFormation names. */
const secretIn = (value: Reference) =>
  /resolve:secretsmanager:","Ref":"(\w+)"/.exec(JSON.stringify(value).replaceAll(/[[\]{}]/g, ''))?.[1] ?? '';
const only = (of: Template, type: string) => Object.entries(of.findResources(type));
const originsOf = (of: Template): { DomainName: unknown; OriginCustomHeaders?: HeaderOf[] }[] =>
  only(of, 'AWS::CloudFront::Distribution')[0]?.[1].Properties.DistributionConfig.Origins;
interface HeaderOf {
  HeaderName: string;
  HeaderValue: Reference;
}
/** The secrets whose values pass as keys, in the order of their generations. */
const keySecrets = (of: Template) =>
  only(of, 'AWS::ApiGateway::ApiKey')
    .map(([, { Properties }]) => secretIn(Properties.Value))
    .sort();
const sent = (of: Template) => {
  const headers = originsOf(of).flatMap(({ OriginCustomHeaders = [] }) => OriginCustomHeaders);
  return headers.map(({ HeaderName, HeaderValue }) => [HeaderName, secretIn(HeaderValue)]);
};

describe('The APIs', () => {
  test('require a key of each method, also of preflight requests and of refusals', () => {
    const [api] = only(template, 'AWS::ApiGateway::RestApi');
    const { Body } = api?.[1].Properties ?? {};
    expect(Body['x-amazon-apigateway-api-key-source']).toBe('HEADER');
    expect(Body.components.securitySchemes.api_key).toEqual({
      type: 'apiKey',
      name: 'x-api-key',
      in: 'header',
    });
    const methods = Object.values<Record<string, { security: object[] }>>(Body.paths).flatMap(Object.entries);
    expect(methods.length).toBeGreaterThan(100);
    for (const [name, { security }] of methods) expect(security, name).toContainEqual({ api_key: [] });
  });

  test('require a key of each connection', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$connect',
      ApiKeyRequired: true,
    });
  });

  test('know the same keys at both stages, by usage plans without limits', () => {
    const plans = only(template, 'AWS::ApiGateway::UsagePlan');
    const stages = plans.map(([, { Properties }]) => JSON.stringify(Properties.ApiStages));
    expect(stages).toHaveLength(2);
    expect(stages.some((stage) => stage.includes('ApiRest'))).toBe(true);
    expect(stages.some((stage) => stage.includes('SocketsApi'))).toBe(true);
    for (const [id, { Properties }] of plans) {
      expect(Object.keys(Properties)).toEqual(['ApiStages']);
      const keys = only(template, 'AWS::ApiGateway::UsagePlanKey').filter(
        ([, { Properties: each }]) => each.UsagePlanId.Ref === id,
      );
      expect(keys).toHaveLength(2);
    }
  });
});

describe('The key of CloudFront', () => {
  test('is sent to both APIs and not to the bucket of the page', () => {
    const [current = ''] = keySecrets(template);
    expect(sent(template)).toEqual([
      ['x-api-key', current],
      ['x-api-key', current],
    ]);
    expect(originsOf(template).length).toBeGreaterThan(2);
  });

  test('is made by Secrets Manager, and the template has no value of it', () => {
    const secrets = keySecrets(template);
    expect(secrets).toHaveLength(2);
    for (const id of secrets) {
      expect(only(template, 'AWS::SecretsManager::Secret').map(([each]) => each)).toContain(id);
    }
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      Description: Match.stringLikeRegexp('CloudFront'),
      GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true },
      SecretString: Match.absent(),
    });
  });

  test('is one that the APIs know before and after it is replaced', () => {
    const { template: next } = synthesizeTemplate({ originKeyGeneration: 2 });
    const [, following = ''] = keySecrets(template);
    expect(sent(next)[0]?.[1]).toBe(following);
    expect(keySecrets(next)[0]).toBe(following);
  });
});
