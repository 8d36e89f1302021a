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
import { Settings } from '../../lib/stack/settings.ts';
import { addStacks } from '../../lib/stack/stacks.ts';

type Synthesized = ReturnType<typeof synthesizeAgain>;
const known = new Map<string, Synthesized>();

/** Like `synthesizeAgain`, but once for each context and stage: it takes most of a second, and nobody may change what it returns. */
export function synthesizeTemplate(context: unknown = {}, { stage }: { stage?: string } = {}): Synthesized {
  const key = JSON.stringify([context, stage]);
  const synthesized = known.get(key) ?? synthesizeAgain(context, { stage });
  known.set(key, synthesized);
  return synthesized;
}

/**
 * Synthesizes the stacks of a clinic with this context, from the functions built before, which are not copied. `template` holds
 * both, with each reference from one to the other replaced by what it refers to.
 */
export function synthesizeAgain(
  context: unknown = {},
  {
    operations = declared,
    stage = 'prod',
  }: { operations?: readonly Operation[]; stage?: string | undefined } = {},
) {
  const outdir = mkdtempSync(join(tmpdir(), 'template-'));
  try {
    const app = new App({ context: { ...cdk.context, [DISABLE_ASSET_STAGING_CONTEXT]: true }, outdir });
    const settings = Settings.parse(context);
    addStacks(app, { stage, operations, triggers, socketRoutes, settings });
    const { stacks } = app.synth();
    const templates = Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template]));
    return {
      template: Template.fromJSON(merge(templates)),
      templates,
      messages: stacks.flatMap(({ messages }) => messages),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation has no types
function merge(templates: Record<string, any>) {
  const sections = ['Parameters', 'Rules', 'Conditions', 'Resources', 'Outputs'];
  const merged = Object.fromEntries(
    sections.map((section) => [
      section,
      Object.assign({}, ...Object.values(templates).map((template) => template[section])),
    ]),
  );
  return JSON.parse(JSON.stringify(merged), (_key, value) => {
    const output = value?.['Fn::GetStackOutput'];
    return output ? templates[output.StackName].Outputs[output.OutputName].Value : value;
  });
}
