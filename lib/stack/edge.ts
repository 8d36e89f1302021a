import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  type DistributionProps,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Operation, routesOf } from '../api/operation.ts';
import { SOCKET_PATH } from '../api/socket-route.ts';
import { API_DOCUMENT, ASSETS, type Page } from './page.ts';
import type { Settings } from './settings.ts';

/** The stage of the REST API, by CDK's default name. */
const STAGE = 'prod';

/**
 * API Gateway does not accept trailing slashes, so they are removed here. It reads the credentials from one header
 * only, so `x-api-key` is moved there if the header is missing: CloudFront sends a key of its own in `x-api-key`
 * (`origin-keys.ts`). The requested host and the client's address are forwarded in headers of their own.
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
  api: SpecRestApi;
  operations: readonly Operation[];
  sockets: WebSocketApi;
  page: Page;
  settings: Settings;
  /** What is added to each request for the APIs. */
  customHeaders: Record<string, string>;
}

/** The one public domain: the API, the WebSocket API, and the page at all other paths. */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** The address of the service. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    const { api, operations, sockets, page, settings, customHeaders } = props;
    const rewrite = new EdgeFunction(this, 'RewriteRequest', {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(REWRITE_REQUEST),
    });
    const behavior = {
      // Responses are for one caller, so CloudFront caches none of them.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      functionAssociations: [{ function: rewrite, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
    const rest = {
      ...behavior,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      origin: new HttpOrigin(`${api.restApiId}.execute-api.${Stack.of(this).region}.amazonaws.com`, {
        // The stage is given by name. By reference, the functions would have to be created first. But they depend on
        // the client of the user pool, which depends on this domain.
        originPath: `/${STAGE}`,
        readTimeout: Duration.seconds(settings.originTimeoutSeconds),
        // After a time-out, CloudFront would repeat a GET, and so the work that takes so long (developer guide, "Response timeout").
        connectionAttempts: 1,
        customHeaders,
      }),
    };
    // The host of `wss://<host>`. The path, which is the stage, comes from the request.
    const host = Fn.select(2, Fn.split('/', sockets.apiEndpoint));
    const socket = { ...behavior, origin: new HttpOrigin(host, { customHeaders }) };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Negatoscope',
      ...this.#ownDomain(settings),
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: page.views,
      additionalBehaviors: {
        ...Object.fromEntries(apiPatterns(operations).map((pattern) => [pattern, rest])),
        // The trailing slash is removed only after CloudFront has chosen the behavior.
        [SOCKET_PATH]: socket,
        [`${SOCKET_PATH}/`]: socket,
        [ASSETS]: page.assets,
        ...Object.fromEntries(API_DOCUMENT.map((pattern) => [pattern, page.apiDocument])),
      },
    });
    this.url = `https://${settings.domain?.name ?? this.distribution.distributionDomainName}`;
  }

  /** The minimum of TLS needs a certificate of the clinic's own. */
  #ownDomain({ domain }: Settings): Partial<DistributionProps> {
    if (!domain) return {};
    return {
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      enableLogging: true,
      logBucket: new Bucket(this, 'AccessLogs', {
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        encryption: BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        minimumTLSVersion: 1.2,
        // CloudFront writes its logs by an ACL (CloudFront developer guide, "Access logs (standard logs)").
        objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
        removalPolicy: RemovalPolicy.RETAIN,
        versioned: true,
        lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
      }),
      logIncludesCookies: false,
    };
  }
}

/**
 * One path pattern for the first segment of each API path. It also matches the paths below it, with and without a
 * trailing slash.
 */
const apiPatterns = (operations: readonly Operation[]): string[] => [
  ...new Set(operations.flatMap(routesOf).map(({ path }) => `/${path.split('/')[1]}*`)),
];
