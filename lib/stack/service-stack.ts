import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { isPaged, type Operation, permissionsOf } from '../api/operation.ts';
import type { SocketRoute } from '../api/socket-route.ts';
import { queueVariable, type Trigger } from '../api/trigger.ts';
import { NO_USER_POOL } from '../domain/access/no-user-pool.ts';
import { AddressRate } from './address-rate.ts';
import { Api } from './api.ts';
import type { DataStack } from './data-stack.ts';
import { Edge } from './edge.ts';
import { eventStatements, queueLengths } from './event-statements.ts';
import { EventSource } from './events.ts';
import { Functions } from './functions.ts';
import { Identity } from './identity.ts';
import type { ConnectedTrigger } from './monitoring/event-alarms.ts';
import { OriginKeys } from './origin-keys.ts';
import { Page } from './page.ts';
import type { Settings } from './settings.ts';
import { Sockets } from './sockets.ts';

interface ServiceStackProps extends StackProps {
  data: DataStack;
  operations: readonly Operation[];
  triggers: readonly Trigger[];
  socketRoutes: readonly SocketRoute[];
  settings: Settings;
  /** Whether the stack is for a laptop: the page then says how to get sample data. */
  onLaptop?: boolean;
}

/** The code that serves the data, and the addresses where it does. It can be deleted and deployed again: no data are in it. */
export class ServiceStack extends Stack {
  readonly events: readonly ConnectedTrigger[];
  readonly api: SpecRestApi;
  readonly distribution: Distribution;
  /** Counts the stored items that can't be read. */
  readonly damagedItems: MetricFilter;
  /** The log of all functions. */
  readonly logGroup: LogGroup;
  /** The functions that verify tokens and keys, by name. */
  readonly authorizers: Readonly<Record<string, LambdaFunction>>;
  /** The page's client at the issuer. */
  readonly clientId: string;

  constructor(scope: Construct, id: string, declared: ServiceStackProps) {
    const { data, operations, triggers, socketRoutes, settings, onLaptop = false, ...props } = declared;
    // CloudFormation takes templates of 1 MB (CloudFormation quotas); half of ours would be indentation.
    super(scope, id, { ...props, suppressTemplateIndentation: true });
    const { storage, people, queues } = data;
    const issuer = people ?? settings.oidc;
    if (!issuer) throw new Error('The data stack has no user pool.');
    const identity = new Identity(this, 'Identity', issuer, settings.ohifUrl);
    const sockets = new Sockets(this, 'Sockets', settings);
    const functions = new Functions(this, 'Functions', storage, settings, sockets);
    // By name, because a reference would be a cycle: the API would depend on the authorizer, which depends on the client
    // of the user pool, which depends on the distribution's domain, which depends on the API.
    const functionName = `${this.stackName}-authorizer`;
    const metrics = { POWERTOOLS_METRICS_NAMESPACE: this.stackName };
    const authorizer = functions.create('authorizer', {
      functionName,
      description: 'Find out who calls',
      // The table contains the API keys, that of requests when they were used.
      permissions: { table: 'read', requests: 'count', audit: 'append' },
      memoryMb: 512,
      timeoutSeconds: 10,
      environment: { ...identity.environment, ...metrics },
    });
    const routes = operations.map((operation) => {
      const environment = {
        ...(isPaged(operation) && functions.paging),
        ...(operation.crossOrigin && functions.crossOrigin),
      };
      const { summary: description } = operation;
      const permissions = permissionsOf(operation);
      const watched = permissions.queueLengths ? queueLengths(queues) : undefined;
      const handler = functions.create(operation.id, {
        ...operation,
        permissions,
        description,
        environment: {
          ...environment,
          ...(watched && { ALL_QUEUES: this.toJsonString(watched.urls) }),
          ...(permissions.people && { USER_POOL_ID: people?.pool.userPoolId ?? NO_USER_POOL }),
        },
        statements: [
          ...(watched?.statements ?? []),
          ...(people && permissions.people ? [people.statementFor(permissions.people)] : []),
        ],
      });
      return { operation, functionArn: handler.functionArn };
    });
    const { functionArn: otherMethodsArn } = functions.create('other-methods', {
      description: 'Answer preflight requests, and refuse a method that a path does not have',
      permissions: {},
      environment: functions.crossOrigin,
      memoryMb: 256,
      timeoutSeconds: 5,
    });
    const api = new Api(this, 'Api', { routes, otherMethodsArn, authorizerName: functionName, settings });
    const { requestsPerAddress } = settings;
    if (requestsPerAddress !== undefined)
      new AddressRate(this, 'AddressRate', api.restApi, requestsPerAddress);
    this.events = triggers.map((trigger) => {
      const orthanc = trigger.needs === 'orthancUrl' ? functions.orthanc : undefined;
      const own = queues.get(trigger.id);
      const events = eventStatements(trigger, storage, own, (id) => queues.get(id));
      const handler = functions.create(trigger.id, {
        ...trigger,
        description: trigger.summary,
        statements: [...events, ...(orthanc?.statements ?? [])],
        environment: { ...orthanc?.environment, ...metrics },
      });
      for (const id of trigger.permissions.queues ?? []) {
        const { queue } = queues.get(id) ?? {};
        if (queue) handler.addEnvironment(queueVariable(id), queue.queueUrl);
      }
      const { givenUp } = new EventSource(this, trigger, storage, (id) => queues.get(id), handler, settings);
      return { trigger, handler, queues: own, givenUp };
    });
    sockets.logAfter(api.restApi);
    const originKeys = new OriginKeys(this, 'OriginKeys', settings.originKeyGeneration, storage.key);
    originKeys.allow('Rest', api.restApi.restApiId, api.restApi.deploymentStage.stageName);
    originKeys.allow('Sockets', sockets.api.apiId, sockets.stage.stageName);
    const socketAuthorizer = functions.create('authorize-connection', {
      description: 'Find out who wants to listen at a socket',
      permissions: { audit: 'append' },
      memoryMb: 512,
      timeoutSeconds: 10,
      environment: { ...identity.environment, ...metrics },
    });
    for (const route of socketRoutes) {
      const handler = functions.create(route.id, { ...route, description: route.summary });
      sockets.route(route, handler, socketAuthorizer);
    }
    const page = new Page(this, 'Page', storage, identity, settings, onLaptop);
    // A new page may call what only the new API has.
    page.deployAfter(api.restApi.deploymentStage);
    const edge = new Edge(this, 'Edge', {
      api: api.restApi,
      operations,
      sockets: sockets.api,
      page,
      settings,
      customHeaders: originKeys.header,
    });
    const { url } = edge;
    identity.returnTo(url);

    this.api = api.restApi;
    this.distribution = edge.distribution;
    this.damagedItems = functions.damagedItems;
    this.logGroup = functions.logGroup;
    this.authorizers = { authorizer, 'authorize-connection': socketAuthorizer };
    this.clientId = identity.environment.TOKEN_AUDIENCE;

    for (const [name, value] of Object.entries(identity.outputs)) new CfnOutput(this, name, { value });
    new CfnOutput(this, 'Url', { value: url });
  }
}
