import { expect, test } from 'vitest';
import { loadSocketApi } from '../../../lib/local/sockets/socket-routes.ts';
import { Template } from '../../../lib/local/template.ts';

/** An API with these properties, whose mock integration has these, with the `$default` route. */
function apiWith(integration: object, properties: object = {}) {
  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET', ...properties } };
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
  return loadSocketApi(template);
}
const defaultRoute = (integration: object) => apiWith(integration)?.routes.get('$default');

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

test('The route of a message is in one member of its JSON; the stack refuses to start with another expression', () => {
  const by = (RouteSelectionExpression: string) => apiWith({}, { RouteSelectionExpression })?.routeMember;
  expect(by('$request.body.kind')).toBe('kind');
  expect(apiWith({})?.routeMember).toBe('action');
  expect(() => by('$request.body.message.kind')).toThrow(/by one member/);
});
