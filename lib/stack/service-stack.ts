import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Annotations, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { isPaged, type Operation, permissionsOf } from '../api/operation.ts';
import type { SocketRoute } from '../api/socket-route.ts';
import { queueVariable, type Trigger } from '../api/trigger.ts';
import { AddressRate } from './address-rate.ts';
import { Api } from './api.ts';
import type { DataStack } from './data-stack.ts';
import { Edge } from './edge.ts';
import { EventSource } from './events.ts';
import { Functions } from './functions.ts';
import { Identity } from './identity.ts';
import { Page } from './page.ts';
import { RefusedCredentials } from './refused-credentials.ts';
import type { Settings } from './settings.ts';
import { Sockets } from './sockets.ts';
import type { Storage } from './storage.ts';

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
  constructor(scope: Construct, id: string, declared: ServiceStackProps) {
    const { data, operations, triggers, socketRoutes, settings, onLaptop = false, ...props } = declared;
    // CloudFormation takes templates of 1 MB (CloudFormation quotas); half of ours would be indentation.
    super(scope, id, { ...props, suppressTemplateIndentation: true });
    if (!settings.alarmEmail) {
      const warning = 'Nobody hears of the alarms: set alarmEmail, or subscribe to them otherwise.';
      Annotations.of(this).addWarningV2('negatoscope:alarmEmail', warning);
    }
    const { storage, people, queues } = data;
    const issuer = people ?? settings.oidc;
    if (!issuer) throw new Error('The data stack has no user pool.');
    const identity = new Identity(this, 'Identity', issuer);
    const sockets = new Sockets(this, 'Sockets', settings);
    const functions = new Functions(this, 'Functions', storage, settings, sockets);
    // By name, because a reference would be a cycle: the API would depend on the authorizer, which depends on the client
    // of the user pool, which depends on the distribution's domain, which depends on the API.
    const functionName = `${this.stackName}-authorizer`;
    const metrics = { POWERTOOLS_METRICS_NAMESPACE: this.stackName };
    functions.create('authorizer', {
      functionName,
      description: 'Find out who calls',
      // The table contains the API keys.
      permissions: { table: 'read', audit: 'append' },
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
      const handler = functions.create(operation.id, { ...operation, permissions, description, environment });
      return { operation, functionArn: handler.functionArn };
    });
    const { functionArn: methodNotAllowedArn } = functions.create('method-not-allowed', {
      description: 'Refuse a method that a path does not have',
      permissions: {},
      memoryMb: 256,
      timeoutSeconds: 5,
    });
    const api = new Api(this, 'Api', { routes, methodNotAllowedArn, authorizerName: functionName, settings });
    const { requestsPerAddress, refusedForAlarm } = settings;
    if (requestsPerAddress !== undefined)
      new AddressRate(this, 'AddressRate', api.restApi, requestsPerAddress);
    const connected = triggers.map((trigger) => {
      const handler = functions.create(trigger.id, {
        ...trigger,
        description: trigger.summary,
        hasEventSource: true,
        environment: {
          ...(trigger.needs === 'orthancUrl' && functions.orthanc),
          ...(trigger.metric && metrics),
        },
      });
      return {
        trigger,
        handler,
        eventSource: new EventSource(this, trigger, storage, queues.get(trigger.id), handler, settings),
      };
    });
    for (const { trigger, handler } of connected) {
      for (const id of trigger.permissions.queues ?? []) {
        const queue = queues.get(id)?.queue;
        queue?.grantSendMessages(handler);
        handler.addEnvironment(queueVariable(id), queue?.queueUrl ?? '');
      }
    }
    sockets.logAfter(api.restApi);
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
    const edge = new Edge(this, 'Edge', {
      api: api.restApi,
      operations,
      sockets: sockets.api,
      page,
      settings,
    });
    const { url } = edge;
    identity.returnTo(url);

    const failures = api.restApi
      .metricServerError({ period: Duration.minutes(5), statistic: 'Sum' })
      .createAlarm(this, 'ApiFailures', {
        alarmDescription: 'People get errors that are ours; what they sent may not be stored.',
        threshold: 5,
        evaluationPeriods: 1,
      });
    const damage = functions.damagedItems
      .metric({ period: Duration.hours(1), statistic: 'Sum' })
      .createAlarm(this, 'DamagedItems', {
        alarmDescription: 'Lists lack what is stored and can not be read: nobody sees it until it is mended.',
        threshold: 1,
        evaluationPeriods: 1,
      });
    const authorizers = ['authorizer', 'authorize-connection'];
    const refused = new RefusedCredentials(this, 'RefusedCredentials', authorizers, refusedForAlarm);
    this.#notify(
      [failures, damage, refused.alarm, ...connected.flatMap(({ eventSource }) => eventSource.alarms)],
      settings.alarmEmail,
      storage,
    );

    for (const [name, value] of Object.entries(identity.outputs)) new CfnOutput(this, name, { value });
    new CfnOutput(this, 'Url', { value: url });
  }

  #notify(alarms: readonly Alarm[], email: string | undefined, { key }: Storage): void {
    if (!email) return;
    const topic = new Topic(this, 'Alarms', { enforceSSL: true, masterKey: key });
    // A topic with its own policy loses SNS's default policy, which lets the account's alarms publish. A publisher to
    // an encrypted topic also needs its key.
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
    topic.grantPublish(cloudWatch);
    key.grantEncryptDecrypt(cloudWatch);
    topic.addSubscription(new EmailSubscription(email));
    for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
  }
}
