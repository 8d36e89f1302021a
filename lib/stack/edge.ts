import { Fn } from 'aws-cdk-lib';
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
import { HttpOrigin, RestApiOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { SOCKET_PATH } from '../api/socket-route.ts';

/**
 * API Gateway knows no trailing slashes; here they are optional. And it looks for who calls in one header only:
 * `x-api-key` goes there when nothing else does. The name that the client asked for, and who they are to the network, go along in headers of their own.
 * The local gateway does the same (`lib/local/api-event.ts`).
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

/** The one domain that people see, in front of everything. */
export class Edge extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, api: RestApi, sockets: WebSocketApi) {
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
    // Of `wss://<host>`; the rest of the path is the stage, and comes from the request.
    const socket = { ...behavior, origin: new HttpOrigin(Fn.select(2, Fn.split('/', sockets.apiEndpoint))) };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Negatoscope',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: new RestApiOrigin(api),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        ...behavior,
      },
      // The slash at the end is cut off only after the behaviour is chosen.
      additionalBehaviors: { [SOCKET_PATH]: socket, [`${SOCKET_PATH}/`]: socket },
    });
  }
}
