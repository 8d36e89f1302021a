import { join } from 'node:path';
import {
  type BehaviorOptions,
  CachePolicy,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  type ResponseCustomHeader,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import {
  BucketDeployment,
  type BucketDeploymentProps,
  CacheControl,
  Source,
} from 'aws-cdk-lib/aws-s3-deployment';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { PageConfig } from '../api/page-config.ts';
import { dataUrlOf } from './data-url.ts';
import type { Identity } from './identity.ts';
import { removalPolicy } from './removal-policy.ts';
import type { Settings } from './settings.ts';
import { PAGE_ACCESS_LOGS, type Storage } from './storage.ts';

/** The output of the page's build. */
const BUILT = join(import.meta.dirname, '..', '..', 'dist-web');

/** Files with a content hash in their names. */
export const ASSETS = '/assets/*';

/** The description of the API, and the page that shows it. A trailing slash is optional, as for the API. */
export const API_DOCUMENT = ['/openapi.json', '/openapi.json/', '/docs', '/docs/*'];

/**
 * Views of the app have no file of their own: every path that is not a file gets `index.html`, which routes by the
 * path. The extension can't decide this, because a patient's number may contain a dot.
 */
export const REWRITE_VIEW = `function handler(event) {
  var request = event.request;
  var uri = request.uri;
  if (/^\\/openapi\\.json\\/*$/.test(uri)) request.uri = '/openapi.json';
  else if (/^\\/docs(\\/|$)/.test(uri)) {
    if (!/^\\/docs\\/(swagger-ui-bundle\\.js|swagger-ui\\.css|start\\.js)$/.test(uri)) request.uri = '/docs/index.html';
  } else if (!/^\\/(config\\.json|favicon\\.svg|assets\\/.+)$/.test(uri)) request.uri = '/index.html';
  return request;
}`;

/** The web page: its files in a bucket of their own, and their delivery by CloudFront. */
export class Page extends Construct {
  /** The behavior of all paths that are not files: the app. */
  readonly views: BehaviorOptions;
  readonly assets: BehaviorOptions;
  readonly apiDocument: BehaviorOptions;
  readonly #deployedViews: BucketDeployment;

  constructor(
    scope: Construct,
    id: string,
    storage: Storage,
    identity: Identity,
    settings: Settings,
    onLaptop: boolean,
  ) {
    super(scope, id);
    const { limits, timeZone, ohifUrl, clinic } = settings;
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true }],
      removalPolicy: removalPolicy(settings),
      autoDeleteObjects: !settings.keepData,
    });
    // Not by `serverAccessLogsBucket`: it would change the policy of a bucket in another stack to name this one.
    (bucket.node.defaultChild as CfnBucket).loggingConfiguration = {
      destinationBucketName: storage.accessLogs.bucketName,
      logFilePrefix: PAGE_ACCESS_LOGS,
    };
    // A Lambda function of CDK copies the files. A manual copy after `cdk deploy` would leave the page and the API at
    // different versions in between.
    const deployed = (name: string, props: Pick<BucketDeploymentProps, 'sources' | 'cacheControl'>) =>
      new BucketDeployment(this, name, {
        ...props,
        destinationBucket: bucket,
        // An open page still loads the files of its own version.
        prune: false,
        memoryLimit: 512,
      });
    const assets = deployed('Assets', {
      sources: [Source.asset(BUILT, { exclude: ['*', '!assets', '!assets/**'] })],
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const { imageBytes, dicomBytes, filesPerRequest, acceptHeic } = limits;
    const config: PageConfig = {
      ...identity.forPage,
      imageBytes,
      dicomBytes,
      filesPerRequest,
      acceptHeic,
      timeZone,
      clinic: { ...clinic, ...(clinic.logo && { logo: dataUrlOf(clinic.logo) }) },
      ...(ohifUrl && { ohifUrl }),
      onLaptop,
    };
    const views = deployed('Views', {
      sources: [
        Source.asset(BUILT, { exclude: ['assets', 'docs', 'openapi.json'] }),
        Source.jsonData('config.json', config),
      ],
    });
    const apiDocument = deployed('ApiDocument', {
      sources: [Source.asset(BUILT, { exclude: ['*', '!docs', '!docs/**', '!openapi.json'] })],
      // CloudFront compresses only what it caches, and these are 2 MB.
      cacheControl: [CacheControl.fromString('public, max-age=300')],
    });
    // All have one function, with the layer of the first: CDK makes one more for each, which nothing uses.
    for (const { node } of [views, apiDocument]) node.tryRemoveChild('AwsCliLayer');
    // The files exist before the new page refers to them.
    views.node.addDependency(assets);
    this.#deployedViews = views;

    const origin = S3BucketOrigin.withOriginAccessControl(bucket);
    const behavior = { origin, viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, compress: true };
    const security = (contentSecurityPolicy: string) => ({
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.SAMEORIGIN, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(730),
        includeSubdomains: true,
        override: true,
      },
    });
    const pagePolicy = policy(
      `https://${storage.bucket.bucketRegionalDomainName}`,
      identity.origins.join(' '),
    );
    const headers = (name: string, csp: string, customHeaders: ResponseCustomHeader[] = []) =>
      new ResponseHeadersPolicy(this, name, {
        comment: `Negatoscope, ${name}`,
        securityHeadersBehavior: security(csp),
        ...(customHeaders.length > 0 && { customHeadersBehavior: { customHeaders } }),
      });
    const functionAssociations = [
      {
        function: new EdgeFunction(this, 'RewriteView', {
          runtime: FunctionRuntime.JS_2_0,
          code: FunctionCode.fromInline(REWRITE_VIEW),
        }),
        eventType: FunctionEventType.VIEWER_REQUEST,
      },
    ];
    this.views = {
      ...behavior,
      // CloudFront requests this file from S3 each time, so that a new version is visible immediately; it is one
      // kilobyte.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      responseHeadersPolicy: headers('ViewHeaders', pagePolicy, [
        { header: 'Cache-Control', value: 'no-cache', override: true },
      ]),
      functionAssociations,
    };
    this.assets = {
      ...behavior,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      // Each file has its own cache header, so that a missing file is not cached for a year.
      responseHeadersPolicy: headers('AssetHeaders', pagePolicy),
    };
    this.apiDocument = {
      ...behavior,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: headers('ApiDocumentHeaders', SWAGGER_UI_POLICY),
      functionAssociations,
    };
  }

  /** Shows the new page only after this has been deployed. */
  deployAfter(dependency: IConstruct): void {
    this.#deployedViews.node.addDependency(dependency);
  }
}

/** Swagger UI uses inline styles and icons from data: URLs; everything else is loaded from this origin. */
const SWAGGER_UI_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/**
 * The page's content security policy: it may load from, and connect to, itself, the bucket of the images, and the
 * issuer. Without a refresh token, it renews the token in a hidden frame of the issuer, which returns to the page itself.
 */
const policy = (bucket: string, issuer: string): string =>
  [
    "default-src 'self'",
    `connect-src 'self' ${bucket} ${issuer}`,
    `frame-src 'self' ${issuer}`,
    `img-src 'self' blob: data: ${bucket}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
