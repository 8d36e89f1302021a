import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  WebSocketLambdaIntegration,
  WebSocketMockIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SOCKET_PATH, type SocketRoute } from '../api/socket-route.ts';

/** What the right to send, or to close, is to the API that manages connections. */
const METHODS = { send: 'POST', close: 'DELETE' };

/** The WebSocket API: a stage at the socket's path, and a function for each occasion. */
export class Sockets extends Construct {
  readonly api: WebSocketApi;
  readonly #stage: WebSocketStage;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', { apiName: 'Negatoscope sockets' });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.THIRTEEN_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.#stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      // The path of CloudFront's request goes on as it is, so that the stage must bear its name.
      stageName: SOCKET_PATH.slice(1),
      autoDeploy: true,
      // Who, when and with what outcome; no headers, in which the tokens are.
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog) },
    });
    // A page may say anything at all, so that its connection is not idle: API Gateway ends it after ten minutes.
    this.api.addRoute('$default', {
      integration: new WebSocketMockIntegration('Anything', {
        requestTemplates: { 'application/json': '{"statusCode":200}' },
        templateSelectionExpression: '\\$default',
      }),
    });
  }

  /** Where functions reach the open connections. */
  get environment(): Record<string, string> {
    return { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: this.#stage.callbackUrl };
  }

  /** What a function needs the right to. */
  arnFor(action: 'send' | 'close'): string {
    const resourceName = `${this.#stage.stageName}/${METHODS[action]}/@connections/*`;
    return Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName });
  }

  /** Without this, API Gateway may write no log (developer guide, "Configure logging for WebSocket APIs"). */
  logAfter(api: RestApi): void {
    this.#stage.node.addDependency(api.node.findChild('Account'));
  }

  /** Routes the occasion to its function. API Gateway asks who it is at `$connect`, and then remembers. */
  route({ routeKey, id }: SocketRoute, handler: LambdaFunction, authorizer: LambdaFunction): void {
    this.api.addRoute(routeKey, {
      integration: new WebSocketLambdaIntegration(id, handler),
      ...(routeKey === '$connect' && {
        authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer, {
          // Of several sources each must be there, and the token is in the one or the other.
          identitySource: [],
        }),
      }),
    });
  }
}
