import { App } from 'aws-cdk-lib/core';
import cdk from '../../cdk.json' with { type: 'json' };
import { operations } from '../../functions/operations.ts';
import { socketRoutes } from '../../functions/sockets/routes.ts';
import { triggers } from '../../functions/triggers.ts';
import type { Trigger } from '../../lib/api/trigger.ts';
import { Settings } from '../../lib/stack/settings.ts';
import { addStacks } from '../../lib/stack/stacks.ts';

/** Synthesizes the stacks with other settings, or other sizes of event functions, from the functions built before. Returns the directory. */
export function synthesizeWith(
  settings: Partial<Settings>,
  outdir: string,
  changed: readonly Trigger[] = triggers,
): string {
  const app = new App({ context: cdk.context, outdir });
  addStacks(app, {
    stage: 'test',
    operations,
    triggers: changed,
    socketRoutes,
    settings: { ...Settings.parse({}), ...settings },
  });
  return app.synth().directory;
}
