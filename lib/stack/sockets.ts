import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  WebSocketLambdaIntegration,
  WebSocketMockIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SOCKET_PATH, type SocketRoute } from '../api/socket-route.ts';
import { removalPolicy } from './removal-policy.ts';
import type { Settings } from './settings.ts';

/** The HTTP method of each permission in API Gateway's connections API. */
const METHODS = { send: 'POST', close: 'DELETE' };

/** The WebSocket API: a stage at the WebSocket path, and a function for each route. */
export class Sockets extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { throttle, logDays } = settings;
    this.api = new WebSocketApi(this, 'Api', { apiName: `${Stack.of(this).stackName} sockets` });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: logDays.requests,
      removalPolicy: removalPolicy(settings),
    });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      // CloudFront forwards the path unchanged, so the stage must have its name.
      stageName: SOCKET_PATH.slice(1),
      autoDeploy: true,
      throttle: { rateLimit: throttle.requestsPerSecond, burstLimit: throttle.burst },
      // Caller, time and outcome; no headers, because they contain tokens.
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog) },
    });
    // The route of a message is its `action` (CDK's default route selection expression, `$request.body.action`). A message of no
    // route may keep a page's connection from being idle: API Gateway closes it after ten minutes.
    const anything = this.api.addRoute('$default', {
      integration: new WebSocketMockIntegration('Anything', {
        // The expression is a constant, the key of the template. Without a template, API Gateway would answer each message by an
        // error (developer guide, "WebSocket API mapping template reference").
        requestTemplates: { $default: '{"statusCode":200}' },
        templateSelectionExpression: '\\$default',
      }),
    });
    // API Gateway deploys no API without a route.
    this.stage.node.addDependency(anything);
  }

  /** The environment in which functions find the connections API. */
  get environment(): Record<string, string> {
    return { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: this.stage.callbackUrl };
  }

  /** The ARN of an action on connections. */
  arnFor(action: 'send' | 'close'): string {
    const resourceName = `${this.stage.stageName}/${METHODS[action]}/@connections/*`;
    return Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName });
  }

  /** Without its role, API Gateway may not write logs (developer guide, "Configure logging for WebSocket APIs"). */
  logAfter(api: SpecRestApi): void {
    const role = api.node.tryFindChild('Account');
    if (role) this.stage.node.addDependency(role);
  }

  /**
   * Routes to the function. API Gateway calls the authorizer only at `$connect`, and keeps the result for the
   * connection.
   */
  route({ routeKey, id }: SocketRoute, handler: LambdaFunction, authorizer: LambdaFunction): void {
    this.api.addRoute(routeKey, {
      integration: new WebSocketLambdaIntegration(id, handler),
      // A message is answered by what its function returns (developer guide, "Set up route responses for WebSocket APIs").
      ...(!routeKey.startsWith('$') && { returnResponse: true }),
      ...(routeKey === '$connect' && {
        // CloudFront's: see `origin-keys.ts`. API Gateway reads it from the header `x-api-key`.
        apiKeyRequired: true,
        authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer, {
          // If several identity sources are set, each is required. The token is in only one of two places.
          identitySource: [],
        }),
      }),
    });
  }
}
