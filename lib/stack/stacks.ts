import type { App } from 'aws-cdk-lib/core';
import type { Operation } from '../api/operation.ts';
import type { SocketRoute } from '../api/socket-route.ts';
import type { Trigger } from '../api/trigger.ts';
import { DataStack } from './data-stack.ts';
import { MonitoringStack } from './monitoring/monitoring-stack.ts';
import { ServiceStack } from './service-stack.ts';
import type { Settings } from './settings.ts';
import { stackNames } from './stack-names.ts';

interface Declared {
  /** Names the stacks, so that an account may have several. */
  stage: string;
  operations: readonly Operation[];
  triggers: readonly Trigger[];
  socketRoutes: readonly SocketRoute[];
  settings: Settings;
  /** Whether the stacks are for a laptop: the page then says how to get sample data. */
  onLaptop?: boolean;
}

/**
 * Adds the stacks of a stage: one for the data, one for the code that serves them, and one that watches both. Each reads outputs of
 * those before it (`Fn::GetStackOutput`): see `docs/decisions/stacks-of-a-stage.md`.
 */
export function addStacks(app: App, { stage, triggers, settings, ...declared }: Declared) {
  const names = stackNames(stage);
  const wanted = triggers.filter(({ needs }) => needs === undefined || Boolean(settings[needs]));
  const data = new DataStack(app, names.data, {
    description: `Negatoscope, ${stage}: data and people`,
    stage,
    triggers: wanted,
    settings,
  });
  const service = new ServiceStack(app, names.service, {
    description: `Negatoscope, ${stage}: the image service of a clinic`,
    ...declared,
    data,
    triggers: wanted,
    settings,
  });
  const monitoring = new MonitoringStack(app, names.monitoring, {
    description: `Negatoscope, ${stage}: alarms and dashboard`,
    data,
    service,
    settings,
  });
  return { data, service, monitoring };
}
