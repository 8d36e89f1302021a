import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';
import { sendLocalError } from '../local-error.ts';
import type { Resource, Template } from '../template.ts';
import { type PageFiles, pageFilesOf } from './page-files.ts';

const Behavior = z
  .object({
    PathPattern: z.string().default('*'),
    TargetOriginId: z.string(),
    AllowedMethods: z.array(z.string()).default(['GET', 'HEAD']),
    ResponseHeadersPolicyId: z.string().optional(),
    FunctionAssociations: z
      .array(z.object({ EventType: z.string(), FunctionARN: z.string() }).loose())
      .default([]),
  })
  .loose();

/** Origins keep their intrinsic functions: the reference identifies the bucket, not its value. */
const Origin = z.object({ Id: z.string(), S3OriginConfig: z.unknown().optional(), DomainName: z.unknown() });

const DistributionProperties = z
  .object({
    DistributionConfig: z
      .object({ CacheBehaviors: z.array(Behavior).default([]), DefaultCacheBehavior: Behavior })
      .loose(),
  })
  .loose();

const HeadersPolicyProperties = z
  .object({
    ResponseHeadersPolicyConfig: z
      .object({
        CustomHeadersConfig: z
          .object({ Items: z.array(z.object({ Header: z.string(), Value: z.string() }).loose()) })
          .default({ Items: [] }),
        SecurityHeadersConfig: z
          .object({
            ContentSecurityPolicy: z.object({ ContentSecurityPolicy: z.string() }).loose().optional(),
            ReferrerPolicy: z.object({ ReferrerPolicy: z.string() }).loose().optional(),
            FrameOptions: z.object({ FrameOption: z.string() }).loose().optional(),
            ContentTypeOptions: z.unknown().optional(),
          })
          .loose()
          .default({}),
      })
      .loose(),
  })
  .loose();

const ViewerRequest = z.object({ uri: z.string() });

interface PageBehavior {
  pattern: RegExp;
  methods: readonly string[];
  headers: Record<string, string>;
  /** CloudFront's function, which rewrites the path. */
  rewrite: (uri: string) => string;
  /** Undefined if the origin is the API. */
  files: PageFiles | undefined;
}

/** CloudFront as the template declares it, as far as the page needs it: the file of each path, and its headers. */
export class CloudFront {
  readonly #behaviors: PageBehavior[];

  constructor(template: Template) {
    this.#behaviors = template
      .ofType('AWS::CloudFront::Distribution')
      .flatMap((distribution) => behaviorsOf(template, distribution));
  }

  /** Whether the path is the page's, and not the API's. */
  isPage(pathname: string): boolean {
    return this.#behaviorOf(pathname)?.files !== undefined;
  }

  #behaviorOf(pathname: string): PageBehavior | undefined {
    return this.#behaviors.find(({ pattern }) => pattern.test(pathname));
  }

  /** Responds to a request for the page. Returns false if the path belongs to the API. */
  handle(request: IncomingMessage, response: ServerResponse, pathname: string): boolean {
    const behavior = this.#behaviorOf(pathname);
    if (!behavior?.files) return false;
    const { methods, headers, rewrite, files } = behavior;
    if (!methods.includes(request.method ?? '')) {
      sendLocalError(response, 403, `Expected one of ${methods.join(', ')} for the page.`);
      return true;
    }
    const file = files.get(decodeSafely(rewrite(pathname)));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!file) {
      sendLocalError(response, 404, 'There is no such file.');
      return true;
    }
    response.setHeader('content-type', file.type);
    response.setHeader('etag', file.etag);
    if (file.cacheControl && !('cache-control' in headers))
      response.setHeader('cache-control', file.cacheControl);
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304).end();
      return true;
    }
    response.writeHead(200, { 'content-length': file.bytes.length });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
    return true;
  }
}

function behaviorsOf(template: Template, distribution: Resource): PageBehavior[] {
  const { CacheBehaviors, DefaultCacheBehavior } = template.properties(
    distribution,
    DistributionProperties,
  ).DistributionConfig;
  const { Origins } = z
    .object({ Origins: z.array(Origin) })
    .parse(distribution.properties.DistributionConfig);
  return [...CacheBehaviors, DefaultCacheBehavior].map((behavior) => {
    const origin = Origins.find(({ Id }) => Id === behavior.TargetOriginId);
    const isBucket = origin?.S3OriginConfig !== undefined;
    return {
      pattern: patternOf(behavior.PathPattern),
      methods: behavior.AllowedMethods,
      headers: headersOf(template, behavior.ResponseHeadersPolicyId),
      rewrite: rewriteOf(template, behavior.FunctionAssociations),
      files: isBucket ? pageFilesOf(template, origin.DomainName) : undefined,
    };
  });
}

/** `*` matches any number of characters (CloudFront developer guide, "Path pattern"). */
const patternOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

function headersOf(template: Template, policyId: string | undefined): Record<string, string> {
  const policy = template
    .ofType('AWS::CloudFront::ResponseHeadersPolicy')
    .find((resource) => template.physicalName(resource) === policyId);
  if (!policy) return {};
  const { CustomHeadersConfig, SecurityHeadersConfig: security } = template.properties(
    policy,
    HeadersPolicyProperties,
  ).ResponseHeadersPolicyConfig;
  const csp = security.ContentSecurityPolicy?.ContentSecurityPolicy;
  return {
    ...Object.fromEntries(
      CustomHeadersConfig.Items.map(({ Header, Value }) => [Header.toLowerCase(), Value]),
    ),
    ...(csp && { 'content-security-policy': csp }),
    ...(security.ReferrerPolicy && { 'referrer-policy': security.ReferrerPolicy.ReferrerPolicy }),
    ...(security.FrameOptions && { 'x-frame-options': security.FrameOptions.FrameOption }),
    ...(security.ContentTypeOptions !== undefined && { 'x-content-type-options': 'nosniff' }),
  };
}

function rewriteOf(template: Template, associations: z.infer<typeof Behavior>['FunctionAssociations']) {
  const arn = associations.find(({ EventType }) => EventType === 'viewer-request')?.FunctionARN;
  const found = template
    .ofType('AWS::CloudFront::Function')
    .find((resource) => arn !== undefined && template.functionArn(resource) === arn);
  if (!found) return (uri: string) => uri;
  const { FunctionCode: code } = template.properties(found, z.object({ FunctionCode: z.string() }));
  return (uri: string) =>
    ViewerRequest.parse(runInNewContext(`${code}; handler({ request })`, { request: { uri } })).uri;
}

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
