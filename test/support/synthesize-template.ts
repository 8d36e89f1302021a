import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import cdk from '../../cdk.json' with { type: 'json' };
import { operations as declared } from '../../functions/operations.ts';
import { socketRoutes } from '../../functions/sockets/routes.ts';
import { triggers } from '../../functions/triggers.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { NegatoscopeStack } from '../../lib/stack/negatoscope-stack.ts';
import { Settings } from '../../lib/stack/settings.ts';

/** Synthesizes the stack of a clinic with this context, from the functions built before, which are not copied. */
export function synthesizeTemplate(context: unknown = {}, operations: readonly Operation[] = declared) {
  const outdir = mkdtempSync(join(tmpdir(), 'template-'));
  try {
    const app = new App({ context: { ...cdk.context, [DISABLE_ASSET_STAGING_CONTEXT]: true }, outdir });
    const settings = Settings.parse(context);
    new NegatoscopeStack(app, 'Negatoscope', { operations, triggers, socketRoutes, settings });
    const { template, messages } = app.synth().getStackByName('Negatoscope');
    return { template: Template.fromJSON(template), messages };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
