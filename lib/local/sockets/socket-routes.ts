import * as z from 'zod';
import { type Rate, toRate } from '../api-gateway/throttle.ts';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';

/** The integration of a route: a function, or (`MOCK`) none. */
export interface SocketTarget {
  functionArn: string | undefined;
  /** Whether it is a mock without the template that its expression selects: API Gateway answers by an error then. */
  lacksTemplate: boolean;
  /** The authorizer function. */
  authorizerArn: string | undefined;
  /** Whether a request must have a key of a usage plan. */
  needsKey: boolean;
  /** Whether the client of a message receives the function's answer: the route has a route response. */
  answers: boolean;
}

/** The template's WebSocket API. */
export interface SocketApi {
  apiId: string;
  /** Also its path. */
  stage: string;
  /** The stage's limit on all routes. */
  throttle: Rate | undefined;
  routes: ReadonlyMap<string, SocketTarget>;
  /** The member of a JSON message that names its route. */
  routeMember: string;
}

const ApiProperties = z.object({
  ProtocolType: z.string(),
  RouteSelectionExpression: z.string().default('$request.body.action'),
});
const StageProperties = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  DefaultRouteSettings: z
    .object({ ThrottlingRateLimit: z.number().optional(), ThrottlingBurstLimit: z.number().optional() })
    .default({}),
});
const RouteProperties = z.object({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  ApiKeyRequired: z.boolean().default(false),
});
const RouteResponseProperties = z.object({
  ApiId: z.string(),
  RouteId: z.string(),
  RouteResponseKey: z.literal('$default'),
});
const IntegrationProperties = z.object({
  IntegrationType: z.enum(['AWS_PROXY', 'MOCK']),
  IntegrationUri: z.string().default(''),
  RequestTemplates: z.record(z.string(), z.string()).default({}),
  TemplateSelectionExpression: z.string().default('\\$default'),
});
const AuthorizerProperties = z.object({
  AuthorizerType: z.literal('REQUEST'),
  AuthorizerUri: z.string(),
  // Each identity source would be required; the stack declares none.
  IdentitySource: z.array(z.string()).max(0).default([]),
});

/** Reads the WebSocket API from the template. Returns undefined if it has none. */
export function loadSocketApi(template: Template): SocketApi | undefined {
  const apis = template
    .ofType('AWS::ApiGatewayV2::Api')
    .map((api) => ({ apiId: template.physicalName(api), ...template.properties(api, ApiProperties) }))
    .filter(({ ProtocolType }) => ProtocolType === 'WEBSOCKET');
  const [{ apiId, RouteSelectionExpression } = {}] = apis;
  if (apiId === undefined) return undefined;
  const routeMember = /^\$request\.body\.(\w+)$/.exec(`${RouteSelectionExpression}`)?.[1];
  if (routeMember === undefined)
    throw new StartError('The local stack selects the route of a message by one member of its JSON only.');
  if (apis.length > 1)
    throw new StartError('The local stack runs one WebSocket API, and the template has more.');
  const ofApi = <P extends { ApiId: string }>(properties: P) => properties.ApiId === apiId;
  const [stage] = template
    .ofType('AWS::ApiGatewayV2::Stage')
    .map((each) => template.properties(each, StageProperties))
    .filter(ofApi);
  if (!stage) throw new StartError(`The WebSocket API ${apiId} of the template has no stage.`);
  const named = <S extends z.ZodObject>(type: string, name: string | undefined, schema: S): z.infer<S> => {
    const found = template.ofType(type).find((each) => template.physicalName(each) === name);
    if (!found) throw new StartError(`The template has no ${type} ${name}.`);
    return template.properties(found, schema);
  };
  const answering = new Set(
    template
      .ofType('AWS::ApiGatewayV2::RouteResponse')
      .map((each) => template.properties(each, RouteResponseProperties))
      .filter(ofApi)
      .map(({ RouteId }) => RouteId),
  );
  const routes = template
    .ofType('AWS::ApiGatewayV2::Route')
    .map((each) => ({ routeId: template.physicalName(each), ...template.properties(each, RouteProperties) }))
    .filter(ofApi)
    .map(
      ({
        routeId,
        RouteKey,
        Target,
        AuthorizationType,
        AuthorizerId,
        ApiKeyRequired,
      }): [string, SocketTarget] => {
        const integration = named(
          'AWS::ApiGatewayV2::Integration',
          Target.replace('integrations/', ''),
          IntegrationProperties,
        );
        const authorizer =
          AuthorizationType === 'CUSTOM'
            ? named('AWS::ApiGatewayV2::Authorizer', AuthorizerId, AuthorizerProperties)
            : undefined;
        const isMock = integration.IntegrationType === 'MOCK';
        // A backslash makes the expression a constant.
        const selected = integration.TemplateSelectionExpression.replace(/^\\/, '');
        return [
          RouteKey,
          {
            functionArn: isMock ? undefined : functionIn(integration.IntegrationUri),
            lacksTemplate: isMock && !(selected in integration.RequestTemplates),
            authorizerArn: authorizer && functionIn(authorizer.AuthorizerUri),
            needsKey: ApiKeyRequired,
            answers: answering.has(routeId),
          },
        ];
      },
    );
  const { StageName, DefaultRouteSettings } = stage;
  const throttle = toRate(DefaultRouteSettings);
  return { apiId, stage: StageName, throttle, routes: new Map(routes), routeMember };
}

const functionIn = (uri: string): string => /functions\/(arn:[^/]+)\//.exec(uri)?.[1] ?? uri;
