import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { sendLocalError } from '../local-error.ts';
import { resolveSecrets } from '../secrets.ts';
import type { Resource, Template } from '../template.ts';
import { limitSilence } from './origin-timeout.ts';
import { type PageFiles, pageFilesOf } from './page-files.ts';
import { type Rewritten, setHeader, viewerFunction } from './viewer-function.ts';

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
const Origin = z.object({
  Id: z.string(),
  S3OriginConfig: z.unknown().optional(),
  DomainName: z.unknown(),
  /** CloudFront's default is 30 seconds. */
  CustomOriginConfig: z.looseObject({ OriginReadTimeout: z.number().default(30) }).optional(),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.unknown() })).default([]),
});

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

interface CacheBehavior {
  pattern: RegExp;
  methods: readonly string[];
  headers: Record<string, string>;
  /** CloudFront's function, which rewrites the path and the headers. */
  rewrite: (uri: string, headers?: IncomingMessage['headers'], ip?: string) => Rewritten;
  /** The headers that CloudFront adds to a request for the origin. */
  originHeaders: Record<string, string>;
  originTimeoutSeconds: number;
  /** Undefined if the origin is the API. */
  files: PageFiles | undefined;
}

/**
 * CloudFront as the template declares it: for the page, the file of each path and its headers; for the APIs, what it changes in a
 * request.
 */
export class CloudFront {
  readonly #behaviors: CacheBehavior[];

  constructor(template: Template, secret: Buffer) {
    this.#behaviors = template
      .ofType('AWS::CloudFront::Distribution')
      .flatMap((distribution) => behaviorsOf(template, distribution, secret));
  }

  /** Whether the path is the page's, and not the API's. */
  isPage(pathname: string): boolean {
    return this.#behaviorOf(pathname)?.files !== undefined;
  }

  #behaviorOf(pathname: string): CacheBehavior | undefined {
    return this.#behaviors.find(({ pattern }) => pattern.test(pathname));
  }

  /** Changes the headers of a request for an API as the function and the origin of its path say. The path remains. */
  forward(request: IncomingMessage, pathname: string, response?: ServerResponse): void {
    const behavior = this.#behaviorOf(pathname);
    if (!behavior) return;
    if (response) limitSilence(response, behavior.originTimeoutSeconds * 1000);
    const { headers } = behavior.rewrite(pathname, { ...request.headers }, request.socket.remoteAddress);
    for (const [name, value] of Object.entries(request.headers)) {
      if (headers[name] === undefined && value !== undefined) setHeader(request, name, undefined);
    }
    for (const [name, { value }] of Object.entries(headers)) {
      if (String(request.headers[name]) !== value) setHeader(request, name, value);
    }
    for (const [name, value] of Object.entries(behavior.originHeaders)) setHeader(request, name, value);
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
    const file = files.get(decodeSafely(rewrite(pathname).uri));
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

function behaviorsOf(template: Template, distribution: Resource, secret: Buffer): CacheBehavior[] {
  const { CacheBehaviors, DefaultCacheBehavior } = template.properties(
    distribution,
    DistributionProperties,
  ).DistributionConfig;
  const { Origins } = z
    .object({ Origins: z.array(Origin) })
    .parse(distribution.properties.DistributionConfig);
  /** By the id of the origin: several behaviors have the same files. */
  const files = new Map(
    Origins.filter(({ S3OriginConfig }) => S3OriginConfig !== undefined).map(({ Id, DomainName }) => [
      Id,
      pageFilesOf(template, DomainName),
    ]),
  );
  return [...CacheBehaviors, DefaultCacheBehavior].map((behavior) => {
    const origin = Origins.find(({ Id }) => Id === behavior.TargetOriginId);
    return {
      pattern: patternOf(behavior.PathPattern),
      methods: behavior.AllowedMethods,
      headers: headersOf(template, behavior.ResponseHeadersPolicyId),
      rewrite: rewriteOf(template, behavior.FunctionAssociations),
      originHeaders: Object.fromEntries(
        (origin?.OriginCustomHeaders ?? []).map(({ HeaderName, HeaderValue }) => [
          HeaderName.toLowerCase(),
          resolveSecrets(String(template.resolve(HeaderValue)), secret),
        ]),
      ),
      originTimeoutSeconds: origin?.CustomOriginConfig?.OriginReadTimeout ?? 30,
      files: files.get(behavior.TargetOriginId),
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
  if (!found) return (uri: string, headers: IncomingMessage['headers'] = {}) => unchanged(uri, headers);
  const { FunctionCode: code } = template.properties(found, z.object({ FunctionCode: z.string() }));
  return viewerFunction(code);
}

const unchanged = (uri: string, headers: IncomingMessage['headers']): Rewritten => ({
  uri,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { value: String(value) }]),
  ),
});

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
