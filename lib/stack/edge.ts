import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Fn, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Operation, routesOf } from '../api/operation.ts';
import { SOCKET_PATH } from '../api/socket-route.ts';
import { ASSETS, type Page } from './page.ts';

/** Of the REST API, as CDK names it where nobody does. */
const STAGE = 'prod';

/**
 * API Gateway knows no trailing slashes; here they are optional. And it looks for who calls in one header only:
 * `x-api-key` goes there when nothing else does. The name that the client asked for, and who they are to the network, go along in headers of their own.
 * The local gateway does the same (`lib/local/api-gateway/api-event.ts`).
 */
export const REWRITE_REQUEST = `function handler(event) {
  var request = event.request;
  var key = request.headers['x-api-key'];
  if (key && !request.headers.authorization) request.headers.authorization = { value: 'ApiKey ' + key.value };
  delete request.headers['x-api-key'];
  request.headers['x-viewer-address'] = { value: event.viewer.ip };
  request.headers['x-forwarded-host'] = { value: request.headers.host.value };
  if (request.uri.length > 1) request.uri = request.uri.replace(/\\/+$/, '') || '/';
  return request;
}`;

interface EdgeProps {
  api: RestApi;
  operations: readonly Operation[];
  sockets: WebSocketApi;
  page: Page;
}

/** The one domain that people see, in front of everything: the page is what is neither the API nor the socket. */
export class Edge extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { api, operations, sockets, page }: EdgeProps) {
    super(scope, id);
    const rewrite = new EdgeFunction(this, 'RewriteRequest', {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(REWRITE_REQUEST),
    });
    const behavior = {
      // Answers are one person's: nothing of them is kept here.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      functionAssociations: [{ function: rewrite, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
    const rest = {
      ...behavior,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      origin: new HttpOrigin(`${api.restApiId}.execute-api.${Stack.of(this).region}.amazonaws.com`, {
        // The stage by its name: by reference, the functions would come before this, and they know the client of the
        // user pool, which knows this address.
        originPath: `/${STAGE}`,
      }),
    };
    // Of `wss://<host>`; the rest of the path is the stage, and comes from the request.
    const socket = { ...behavior, origin: new HttpOrigin(Fn.select(2, Fn.split('/', sockets.apiEndpoint))) };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Negatoscope',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: page.views,
      additionalBehaviors: {
        ...Object.fromEntries(apiPatterns(operations).map((pattern) => [pattern, rest])),
        // The slash at the end is cut off only after the behaviour is chosen.
        [SOCKET_PATH]: socket,
        [`${SOCKET_PATH}/`]: socket,
        [ASSETS]: page.assets,
      },
    });
  }
}

/** One pattern for each first segment of the API's paths: it takes what is below it too, with and without the slash. */
const apiPatterns = (operations: readonly Operation[]): string[] => [
  ...new Set(operations.flatMap(routesOf).map(({ path }) => `/${path.split('/')[1]}*`)),
];
