import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
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
import { RestApiOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';

/** API Gateway knows no trailing slashes; here they are optional. */
const STRIP_TRAILING_SLASHES = `function handler(event) {
  var request = event.request;
  if (request.uri.length > 1) request.uri = request.uri.replace(/\\/+$/, '') || '/';
  return request;
}`;

/** The one domain that people see, in front of everything. */
export class Edge extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, api: RestApi) {
    super(scope, id);
    const stripSlashes = new EdgeFunction(this, 'StripTrailingSlashes', {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(STRIP_TRAILING_SLASHES),
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Negatoscope',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: new RestApiOrigin(api),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        // Answers are one person's: nothing of them is kept here.
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        functionAssociations: [{ function: stripSlashes, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
    });
  }
}
