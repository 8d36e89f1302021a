import { STATUS_CODES } from 'node:http';
import { CHALLENGE } from '../api/challenge.ts';
import { DEFAULT_HEADERS } from '../api/default-headers.ts';
import { type Operation, routesOf } from '../api/operation.ts';

/**
 * API Gateway aborts a request to a function that does not stream after this time (API Gateway quotas, "Integration
 * timeout").
 */
const GATEWAY_TIMEOUT_SECONDS = 29;

/** An operation and the function that handles it. */
export interface ApiRoute {
  operation: Operation;
  functionArn: string;
}

interface ApiDefinitionProps {
  routes: readonly ApiRoute[];
  /** The function for methods that a path does not have, and for preflight requests. */
  otherMethodsArn: string;
  authorizerArn: string;
  /** The ARN of the role with which API Gateway invokes the functions. */
  invokerArn: string;
  /** `arn:<partition>:apigateway:<region>:lambda:path`, before the path of Lambda's API. */
  lambdaApi: string;
  allowedOrigins: readonly string[];
}

/**
 * The REST API as the document that API Gateway imports: OpenAPI 3.0.1 without schemas, because the functions validate
 * requests, and with API Gateway's extensions (developer guide, "OpenAPI extensions for API Gateway"). It is one
 * resource of the stack, where methods and paths of their own are two for each endpoint.
 */
export function apiDefinition({ routes, ...props }: ApiDefinitionProps) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const { method } = route.operation;
    for (const { path } of routesOf(route.operation)) {
      const own = methodOf(route, path, props);
      paths[path] = {
        ...paths[path],
        [method.toLowerCase()]: own,
        ...(method === 'GET' && { head: own }),
        'x-amazon-apigateway-any-method': otherMethods(path, props),
      };
    }
  }
  return {
    openapi: '3.0.1',
    info: { title: 'Negatoscope', version: '1' },
    paths,
    components: { securitySchemes: { authorizer: authorizerOf(props), api_key: ORIGIN_KEY } },
    'x-amazon-apigateway-api-key-source': 'HEADER',
    // Binary and not text: forms may contain images, and `multipart/related` contains DICOM.
    'x-amazon-apigateway-binary-media-types': ['multipart/form-data', 'multipart/related'],
    'x-amazon-apigateway-gateway-responses': Object.fromEntries(
      GATEWAY_RESPONSES.map((response) => gatewayResponse(response, props.allowedOrigins.length > 0)),
    ),
  };
}

/** The key of CloudFront's requests (`origin-keys.ts`). The authorizer does not read it. */
const ORIGIN_KEY = { type: 'apiKey', name: 'x-api-key', in: 'header' };
/** API Gateway requires the key of a method as well as its authorizer, although OpenAPI calls them alternatives. */
const FROM_CLOUDFRONT = { api_key: [] };

type Targets = Omit<ApiDefinitionProps, 'routes'>;

function methodOf({ operation, functionArn }: ApiRoute, path: string, targets: Targets) {
  const { auth, success, timeoutSeconds } = operation;
  const streams = 'stream' in success;
  return {
    parameters: pathParameters(path),
    responses: { [success.status]: { description: STATUS_CODES[success.status] } },
    security: auth === 'public' ? [FROM_CLOUDFRONT] : [{ authorizer: [] }, FROM_CLOUDFRONT],
    'x-amazon-apigateway-integration': integration(functionArn, timeoutSeconds, streams, targets),
  };
}

/**
 * Every other method: a preflight request, which needs no authentication, or one that the path does not have, of which API
 * Gateway itself would say that there is no such path.
 */
const otherMethods = (path: string, targets: Targets) => ({
  parameters: pathParameters(path),
  responses: { 204: { description: STATUS_CODES[204] }, 405: { description: STATUS_CODES[405] } },
  security: [FROM_CLOUDFRONT],
  'x-amazon-apigateway-integration': integration(targets.otherMethodsArn, 5, false, targets),
});

function integration(
  functionArn: string,
  timeoutSeconds: number,
  streams: boolean,
  { lambdaApi, invokerArn }: Targets,
) {
  const seconds = streams ? timeoutSeconds : Math.min(timeoutSeconds, GATEWAY_TIMEOUT_SECONDS);
  const path = streams
    ? `2021-11-15/functions/${functionArn}/response-streaming-invocations`
    : `2015-03-31/functions/${functionArn}/invocations`;
  return {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: `${lambdaApi}/${path}`,
    credentials: invokerArn,
    timeoutInMillis: seconds * 1000,
    responseTransferMode: streams ? 'STREAM' : 'BUFFERED',
  };
}

const pathParameters = (path: string) =>
  [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const authorizerOf = ({ authorizerArn, lambdaApi, invokerArn }: Targets) => ({
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'custom',
  'x-amazon-apigateway-authorizer': {
    type: 'request',
    identitySource: 'method.request.header.Authorization',
    authorizerUri: `${lambdaApi}/2015-03-31/functions/${authorizerArn}/invocations`,
    authorizerCredentials: invokerArn,
    authorizerResultTtlInSeconds: 300,
  },
});

/** Responses that API Gateway generates itself, in the service's error format. */
const GATEWAY_RESPONSES: [type: string, status: number, message: string, details?: string[]][] = [
  ['DEFAULT_4XX', 400, 'The request can not be handled.'],
  // The function answers its own errors. What API Gateway answers is a function that Lambda throttled, or that ended without an
  // answer: the same request may succeed later.
  ['DEFAULT_5XX', 503, 'The service is busy.'],
  ['ACCESS_DENIED', 403, 'Insufficient permissions'],
  // The request did not come through CloudFront.
  ['INVALID_API_KEY', 403, 'The API is used through its own address only.'],
  ['UNAUTHORIZED', 401, 'Missing or invalid token or API key'],
  // API Gateway's response to an unknown path.
  ['MISSING_AUTHENTICATION_TOKEN', 404, 'There is no such endpoint.'],
  ['RESOURCE_NOT_FOUND', 404, 'There is no such endpoint.'],
  // The issuer's keys could not be fetched. The token may be valid, so the client should retry.
  ['AUTHORIZER_FAILURE', 503, 'Tokens can not be verified at the moment.'],
  ['AUTHORIZER_CONFIGURATION_ERROR', 503, 'Tokens can not be verified at the moment.'],
  // For a body over 10 MB, and for one that exceeds a Lambda event (6 MB, with the files in base64).
  [
    'REQUEST_TOO_LARGE',
    413,
    'The request is too large.',
    [
      'files of more than 4.4 MB together go by signed URLs: see the paths that end in /upload-url and /upload-urls',
      'a DICOM file goes by POST /dicom/upload-url',
      'a PACS that sends more in one request of STOW-RS sends through the gateway for the network of the clinic (docs/gateway.md)',
      'POST /api/v2/images gives one where it gets size and content_type instead of image_data',
    ],
  ],
  ['THROTTLED', 429, 'Too many requests'],
  ['INTEGRATION_FAILURE', 503, 'The service is busy, or something went wrong on our side.'],
  ['INTEGRATION_TIMEOUT', 503, 'This took too long.'],
];

/** A constant is in quotes, and can't contain one (API Gateway developer guide, "Set up gateway responses"). */
const GATEWAY_HEADERS = {
  ...DEFAULT_HEADERS,
  'content-security-policy': 'sandbox',
};

/**
 * These responses are the same for every caller. Without this header, a viewer's page could not read the error. A constant
 * can't be the origin that asks; `*` is allowed to requests without cookies, and the service has none.
 */
const FOR_EVERY_ORIGIN = { 'access-control-allow-origin': '*' };

/**
 * Headers that say what the client can do. API Gateway can't tell whether a token was sent, so its challenge has no error
 * code.
 */
const HEADERS_BY_STATUS: Record<number, Record<string, string>> = {
  401: CHALLENGE,
  429: { 'retry-after': '1' },
  503: { 'retry-after': '5' },
};

function gatewayResponse(
  [type, statusCode, message, details = []]: (typeof GATEWAY_RESPONSES)[number],
  isForOtherOrigins: boolean,
) {
  const error = STATUS_CODES[statusCode];
  const headers = {
    'x-request-id': 'context.requestId',
    ...Object.fromEntries(
      Object.entries({
        ...GATEWAY_HEADERS,
        ...(isForOtherOrigins && FOR_EVERY_ORIGIN),
        ...HEADERS_BY_STATUS[statusCode],
      }).map(([name, value]) => [name, `'${value}'`]),
    ),
  };
  return [
    type,
    {
      statusCode: String(statusCode),
      responseParameters: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]),
      ),
      responseTemplates: { 'application/json': JSON.stringify({ statusCode, message, error, details }) },
    },
  ];
}
