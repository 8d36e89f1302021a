import {
  AccessLogFormat,
  ApiDefinition,
  EndpointType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Size, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type ApiRoute, apiDefinition } from './api-definition.ts';
import { removalPolicy } from './removal-policy.ts';
import { originsAllowedBy, type Settings } from './settings.ts';

/** Below it, compression costs more time than it saves. It applies to whole responses: API Gateway compresses no streams. */
const MIN_COMPRESSION_BYTES = 1024;

/**
 * The ARNs of functions in a policy: with the longest name and region, each takes 120 of the 6,144 characters that a managed policy has
 * (IAM quotas, "IAM and AWS STS character quotas"). All inline policies of a role together have 10,240: less than the API needs.
 */
const FUNCTIONS_PER_POLICY = 45;

interface ApiProps {
  routes: readonly ApiRoute[];
  /** The function for methods that a path does not have, and for preflight requests. */
  otherMethodsArn: string;
  /** The name of the authorizer's function. */
  authorizerName: string;
  settings: Settings;
}

/** The REST API: a route for each operation, the authorizer, and the role that invokes their functions. */
export class Api extends Construct {
  readonly restApi: SpecRestApi;

  constructor(scope: Construct, id: string, { routes, otherMethodsArn, authorizerName, settings }: ApiProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const authorizerArn = stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: authorizerName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.logDays.requests,
      removalPolicy: removalPolicy(settings),
    });
    const invoked = [authorizerArn, otherMethodsArn, ...routes.map(({ functionArn }) => functionArn)];
    // A permission on each function would be one resource for each.
    const invoker = new Role(this, 'Invoker', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: inParts(invoked, FUNCTIONS_PER_POLICY).map(
        (resources, index) =>
          new ManagedPolicy(this, `Invoke${index}`, {
            description: 'Lets API Gateway invoke functions of the API',
            statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })],
          }),
      ),
    });
    this.restApi = new SpecRestApi(this, 'Rest', {
      restApiName: stack.stackName,
      endpointTypes: [EndpointType.REGIONAL],
      apiDefinition: ApiDefinition.fromInline(
        apiDefinition({
          routes,
          otherMethodsArn,
          authorizerArn,
          invokerArn: invoker.roleArn,
          lambdaApi: `arn:${stack.partition}:apigateway:${stack.region}:lambda:path`,
          allowedOrigins: originsAllowedBy(settings),
        }),
      ),
      cloudWatchRole: settings.apiGatewayLogRole,
      minCompressionSize: Size.bytes(MIN_COMPRESSION_BYTES),
      deployOptions: {
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
        loggingLevel: MethodLoggingLevel.ERROR,
        // Otherwise each method of each path has metrics of its own, at 0.30 dollars a month for each.
        metricsEnabled: false,
        tracingEnabled: true,
        throttlingRateLimit: settings.throttle.requestsPerSecond,
        throttlingBurstLimit: settings.throttle.burst,
      },
    });
  }
}

const inParts = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_value, index) =>
    items.slice(index * size, (index + 1) * size),
  );
