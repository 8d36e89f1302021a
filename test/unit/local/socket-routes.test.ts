import { expect, test } from 'vitest';
import { loadSocketApi } from '../../../lib/local/sockets/socket-routes.ts';
import { Template } from '../../../lib/local/template.ts';

/** The `$default` route of an API whose mock integration has these properties. */
function defaultRoute(integration: object) {
  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } };
  const resource = (type: string, properties: object) => ({
    Type: `AWS::ApiGatewayV2::${type}`,
    Properties: { ApiId: { Ref: 'Api' }, ...properties },
  });
  const Resources = {
    Api: api,
    Stage: resource('Stage', { StageName: 'ws' }),
    Mock: resource('Integration', { IntegrationType: 'MOCK', ...integration }),
    Route: resource('Route', {
      RouteKey: '$default',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Mock' }]] },
    }),
  };
  const template = new Template({ Service: { Resources } }, new Map(), 'http://localhost:3000');
  return loadSocketApi(template)?.routes.get('$default');
}

test('A mock integration needs the template that its expression selects', () => {
  const TemplateSelectionExpression = '\\$default';
  const text = '{"statusCode":200}';
  expect(
    defaultRoute({ TemplateSelectionExpression, RequestTemplates: { $default: text } })?.lacksTemplate,
  ).toBe(false);
  expect(
    defaultRoute({ TemplateSelectionExpression, RequestTemplates: { 'application/json': text } })
      ?.lacksTemplate,
  ).toBe(true);
  expect(defaultRoute({ TemplateSelectionExpression })?.lacksTemplate).toBe(true);
});
