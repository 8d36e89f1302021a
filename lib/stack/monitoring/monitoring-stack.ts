import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Annotations, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DataStack } from '../data-stack.ts';
import type { ServiceStack } from '../service-stack.ts';
import type { Settings } from '../settings.ts';
import type { Storage } from '../storage.ts';
import { ServiceDashboard } from './dashboard.ts';
import { EventAlarms } from './event-alarms.ts';
import { ServiceAlarms } from './service-alarms.ts';

interface MonitoringStackProps extends StackProps {
  data: DataStack;
  service: ServiceStack;
  settings: Settings;
}

/** Alarms, whom they tell, and the dashboard. Nothing depends on it. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { data, service, settings, ...props }: MonitoringStackProps) {
    super(scope, id, { ...props, suppressTemplateIndentation: true });
    if (!settings.alarmEmail) {
      const warning = 'Nobody hears of the alarms: set alarmEmail, or subscribe to them otherwise.';
      Annotations.of(this).addWarningV2('negatoscope:alarmEmail', warning);
    }
    const { storage, people, queues } = data;
    const {
      api,
      authorizers,
      damagedItems,
      clientId,
      distribution,
      logGroup,
      stackName: namespace,
    } = service;
    const ofService = new ServiceAlarms(this, 'Service', {
      namespace,
      api,
      authorizers: Object.entries(authorizers).map(([name, handler]) => ({ name, handler })),
      tables: [storage.table, storage.audit, storage.requests, storage.connections],
      damagedItems,
      refusedForAlarm: settings.refusedForAlarm,
      signIn: people && { userPoolId: people.pool.userPoolId, clientId },
    });
    const ofEvents = service.events.flatMap((connected) => new EventAlarms(this, connected, namespace).all);
    const alarms = [...ofService.all, ...ofEvents];
    this.#notify(alarms, settings.alarmEmail, storage);
    new ServiceDashboard(this, 'Dashboard', {
      name: namespace,
      api,
      distribution,
      logGroup,
      queues,
      tables: { table: storage.table, audit: storage.audit },
      alarms,
    });
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
