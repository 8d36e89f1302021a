import * as z from 'zod';
import type { Template } from '../template.ts';

const Integration = z.object({
  type: z.literal('aws_proxy'),
  uri: z.string().optional(),
  credentials: z.string().optional(),
  timeoutInMillis: z.number().default(29_000),
  responseTransferMode: z.enum(['STREAM', 'BUFFERED']).default('BUFFERED'),
});

const Method = z.object({
  security: z.array(z.record(z.string(), z.unknown())).default([]),
  'x-amazon-apigateway-integration': Integration,
});
export type Method = z.infer<typeof Method>;

/** A Lambda authorizer. */
const AuthorizerDefinition = z.object({
  type: z.literal('request'),
  authorizerUri: z.string(),
  authorizerCredentials: z.string().optional(),
  identitySource: z.string().default(''),
  authorizerResultTtlInSeconds: z.number().default(300),
});
export type AuthorizerDefinition = z.infer<typeof AuthorizerDefinition>;

const GatewayResponse = z.object({
  statusCode: z.coerce.number().optional(),
  responseParameters: z.record(z.string(), z.string()).default({}),
  responseTemplates: z.record(z.string(), z.string()).default({}),
});
export type GatewayResponse = z.infer<typeof GatewayResponse>;

/**
 * The OpenAPI document of the REST API, as far as the local gateway reads it (API Gateway developer guide, "OpenAPI
 * extensions for API Gateway").
 */
const ApiDefinition = z.object({
  paths: z.record(z.string(), z.record(z.string(), Method)).default({}),
  components: z
    .object({
      securitySchemes: z.record(
        z.string(),
        // Without an authorizer, it is the key of a usage plan.
        z.object({ 'x-amazon-apigateway-authorizer': AuthorizerDefinition.optional() }),
      ),
    })
    .default({ securitySchemes: {} }),
  'x-amazon-apigateway-binary-media-types': z.array(z.string()).default([]),
  'x-amazon-apigateway-gateway-responses': z.record(z.string(), GatewayResponse).default({}),
});
export type ApiDefinition = z.infer<typeof ApiDefinition>;

/** Reads the document of the template's REST API; an empty one if it has no API. */
export function readApiDefinition(template: Template): ApiDefinition {
  const [api] = template.ofType('AWS::ApiGateway::RestApi');
  if (!api) return ApiDefinition.parse({});
  return template.properties(api, z.object({ Body: ApiDefinition })).Body;
}

/** The ARN of the function in the URI of an integration or an authorizer. */
export const functionArnIn = (uri = ''): string | undefined => /functions\/(arn:[^/]+)\//.exec(uri)?.[1];

/** The ARNs of the functions that are authorizers of the template's REST API. */
export const authorizerArns = (template: Template): ReadonlySet<string | undefined> =>
  new Set(
    Object.values(readApiDefinition(template).components.securitySchemes).map((scheme) =>
      functionArnIn(scheme['x-amazon-apigateway-authorizer']?.authorizerUri),
    ),
  );
