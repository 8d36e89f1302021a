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
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import {
  BucketDeployment,
  type BucketDeploymentProps,
  CacheControl,
  Source,
} from 'aws-cdk-lib/aws-s3-deployment';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { PageConfig } from '../api/page-config.ts';
import type { Identity } from './identity.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';

/** What the build of the page gives. */
const BUILT = join(import.meta.dirname, '..', '..', 'dist-web');

/** Files whose names change with what is in them. */
export const ASSETS = '/assets/*';

/**
 * A page of the app has no file of its own: whatever is no file is `index.html`, which looks at the path itself. Not by
 * the extension, since a patient's number may have a dot.
 */
export const REWRITE_VIEW = `function handler(event) {
  var request = event.request;
  if (!/^\\/(config\\.json|favicon\\.svg|assets\\/.+)$/.test(request.uri)) request.uri = '/index.html';
  return request;
}`;

/** The web page: its files in a bucket of their own, and how CloudFront gives them out. */
export class Page extends Construct {
  /** Everything that is no file: the app. */
  readonly views: BehaviorOptions;
  readonly assets: BehaviorOptions;

  constructor(
    scope: Construct,
    id: string,
    storage: Storage,
    identity: Identity,
    { limits, timeZone }: Settings,
    onLaptop: boolean,
  ) {
    super(scope, id);
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      serverAccessLogsBucket: storage.accessLogs,
      serverAccessLogsPrefix: 'page/',
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // A Lambda of CDK's copies them. Without it, whoever deploys had to copy them after `cdk deploy`, and between the
    // two the page and the API were of different versions.
    const deployed = (name: string, props: Pick<BucketDeploymentProps, 'sources' | 'cacheControl'>) =>
      new BucketDeployment(this, name, {
        ...props,
        destinationBucket: bucket,
        // A page that is open still loads its own version's files.
        prune: false,
        memoryLimit: 512,
      });
    const assets = deployed('Assets', {
      sources: [Source.asset(BUILT, { exclude: ['*', '!assets', '!assets/**'] })],
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const { imageBytes, filesPerRequest } = limits;
    const config: PageConfig = { ...identity.forPage, imageBytes, filesPerRequest, timeZone, onLaptop };
    const views = deployed('Views', {
      sources: [Source.asset(BUILT, { exclude: ['assets'] }), Source.jsonData('config.json', config)],
    });
    // Whoever sees the new page finds its files.
    views.node.addDependency(assets);

    const origin = S3BucketOrigin.withOriginAccessControl(bucket);
    const behavior = { origin, viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, compress: true };
    const security = {
      contentSecurityPolicy: {
        contentSecurityPolicy: policy(
          `https://${storage.bucket.bucketRegionalDomainName}`,
          identity.origins.join(' '),
        ),
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(730),
        includeSubdomains: true,
        override: true,
      },
    };
    const headers = (name: string, customHeaders: ResponseCustomHeader[] = []) =>
      new ResponseHeadersPolicy(this, name, {
        comment: `Negatoscope, ${name}`,
        securityHeadersBehavior: security,
        ...(customHeaders.length > 0 && { customHeadersBehavior: { customHeaders } }),
      });
    this.views = {
      ...behavior,
      // CloudFront asks S3 each time, so that a new version is seen at once; it is a kilobyte.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      responseHeadersPolicy: headers('ViewHeaders', [
        { header: 'Cache-Control', value: 'no-cache', override: true },
      ]),
      functionAssociations: [
        {
          function: new EdgeFunction(this, 'RewriteView', {
            runtime: FunctionRuntime.JS_2_0,
            code: FunctionCode.fromInline(REWRITE_VIEW),
          }),
          eventType: FunctionEventType.VIEWER_REQUEST,
        },
      ],
    };
    this.assets = {
      ...behavior,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      // How long they are kept says each file: nobody is to keep for a year that there is none.
      responseHeadersPolicy: headers('AssetHeaders'),
    };
  }
}

/** What the page may load, and whom it may talk to: itself, the bucket of the images, and who signs people in. */
const policy = (bucket: string, issuer: string): string =>
  [
    "default-src 'self'",
    `connect-src 'self' ${bucket} ${issuer}`,
    `img-src 'self' blob: data: ${bucket}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
