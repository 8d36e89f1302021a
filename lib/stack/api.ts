import { STATUS_CODES } from 'node:http';
import {
  AccessLogFormat,
  AuthorizationType,
  AwsIntegration,
  EndpointType,
  type IResource,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DEFAULT_HEADERS } from '../api/default-headers.ts';
import { type Operation, routesOf } from '../api/operation.ts';
import type { Settings } from './settings.ts';

/**
 * API Gateway aborts a request to a function that does not stream after this time (API Gateway quotas, "Integration
 * timeout").
 */
const GATEWAY_TIMEOUT_SECONDS = 29;

/** Responses that API Gateway generates itself, in the service's error format. */
const GATEWAY_ANSWERS: [type: ResponseType, status: number, message: string, details?: string[]][] = [
  [ResponseType.DEFAULT_4XX, 400, 'The request can not be handled.'],
  [ResponseType.DEFAULT_5XX, 500, 'Something went wrong on our side.'],
  [ResponseType.ACCESS_DENIED, 403, 'Insufficient permissions'],
  [ResponseType.UNAUTHORIZED, 401, 'Missing or invalid token or API key'],
  // API Gateway's response to an unknown path.
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, 404, 'There is no such endpoint.'],
  [ResponseType.RESOURCE_NOT_FOUND, 404, 'There is no such endpoint.'],
  // The issuer's keys could not be fetched. The token may be valid, so the client should retry.
  [ResponseType.AUTHORIZER_FAILURE, 503, 'Tokens can not be verified at the moment.'],
  [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, 503, 'Tokens can not be verified at the moment.'],
  // For a body over 10 MB, and for one that exceeds a Lambda event (6 MB, with the files in base64).
  [
    ResponseType.REQUEST_TOO_LARGE,
    413,
    'The request is too large.',
    [
      'files of more than 4.4 MB together go by signed URLs: see the paths that end in /upload-url and /upload-urls',
      'a DICOM file goes by POST /dicom/upload-url',
      'POST /api/v2/images gives one where it gets size and content_type instead of image_data',
    ],
  ],
  [ResponseType.THROTTLED, 429, 'Too many requests'],
  [ResponseType.INTEGRATION_FAILURE, 502, 'Something went wrong on our side.'],
  [ResponseType.INTEGRATION_TIMEOUT, 504, 'This took too long.'],
];

/** A constant is in quotes, and can't contain one (API Gateway developer guide, "Set up gateway responses"). */
const HEADERS = {
  ...DEFAULT_HEADERS,
  'content-security-policy': 'sandbox',
  // These responses are the same for every caller. Without this header, a viewer's page could not read the error.
  'access-control-allow-origin': '*',
};

/** The request headers that a viewer's page may send (Fetch standard, "CORS-preflight request"). */
const CORS_HEADERS = ['accept', 'authorization', 'content-type', 'range', 'x-api-key'];

/** The REST API: a route, an authorizer and a function for each operation. */
export class Api extends Construct {
  readonly restApi: RestApi;
  readonly #authorizer: RequestAuthorizer;
  readonly #allowedOrigins: string[];
  readonly #crossOrigin = new Set<IResource>();
  /**
   * The role with which API Gateway invokes the functions. A permission on each function would be one resource for
   * each.
   */
  readonly #invoker: Role;
  readonly #invoked: string[] = [];

  constructor(scope: Construct, id: string, authorizer: LambdaFunction, { allowedOrigins }: Settings) {
    super(scope, id);
    this.#allowedOrigins = allowedOrigins;
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.THIRTEEN_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.restApi = new RestApi(this, 'Rest', {
      restApiName: 'Negatoscope',
      endpointTypes: [EndpointType.REGIONAL],
      // Binary and not text: forms may contain images, and `multipart/related` contains DICOM.
      binaryMediaTypes: ['multipart/form-data', 'multipart/related'],
      cloudWatchRole: true,
      deployOptions: {
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
        loggingLevel: MethodLoggingLevel.ERROR,
        metricsEnabled: true,
        tracingEnabled: true,
      },
    });
    this.#authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: authorizer,
      identitySources: ['method.request.header.Authorization'],
      resultsCacheTtl: Duration.minutes(5),
    });
    this.#invoker = new Role(this, 'Invoker', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: {
        // Lists each function by name: 10,240 characters are enough for about ninety (IAM quotas, "inline policies").
        invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: Lazy.list({ produce: () => this.#invoked }),
            }),
          ],
        }),
      },
    });
    for (const answer of GATEWAY_ANSWERS) this.#answer(...answer);
  }

  /** Routes the operation to its function. */
  route(operation: Operation, handler: LambdaFunction): void {
    const streams = 'stream' in operation.success;
    const seconds = streams
      ? operation.timeoutSeconds
      : Math.min(operation.timeoutSeconds, GATEWAY_TIMEOUT_SECONDS);
    const { functionArn } = handler;
    this.#invoked.push(functionArn);
    const integration = new AwsIntegration({
      proxy: true,
      service: 'lambda',
      path: streams
        ? `2021-11-15/functions/${functionArn}/response-streaming-invocations`
        : `2015-03-31/functions/${functionArn}/invocations`,
      options: {
        credentialsRole: this.#invoker,
        timeout: Duration.seconds(seconds),
        responseTransferMode: streams ? ResponseTransferMode.STREAM : ResponseTransferMode.BUFFERED,
      },
    });
    for (const { path } of routesOf(operation)) {
      const resource = this.restApi.root.resourceForPath(path);
      resource.addMethod(
        operation.method,
        integration,
        operation.auth === 'public'
          ? { authorizationType: AuthorizationType.NONE }
          : { authorizationType: AuthorizationType.CUSTOM, authorizer: this.#authorizer },
      );
      if (operation.crossOrigin) this.#openToOtherOrigins(resource);
    }
  }

  /** Responds to CORS preflight requests, which need no authentication. */
  #openToOtherOrigins(resource: IResource): void {
    if (this.#crossOrigin.has(resource)) return;
    this.#crossOrigin.add(resource);
    resource.addCorsPreflight({
      allowOrigins: this.#allowedOrigins,
      allowMethods: ['GET', 'POST', 'OPTIONS'],
      allowHeaders: CORS_HEADERS,
      maxAge: Duration.days(1),
    });
  }

  #answer(type: ResponseType, statusCode: number, message: string, details: string[] = []): void {
    const error = STATUS_CODES[statusCode];
    this.restApi.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(statusCode),
      responseHeaders: {
        'x-request-id': 'context.requestId',
        ...Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name, `'${value}'`])),
      },
      templates: { 'application/json': JSON.stringify({ statusCode, message, error, details }) },
    });
  }
}
