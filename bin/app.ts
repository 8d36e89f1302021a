import { App } from 'aws-cdk-lib/core';
import * as z from 'zod';
import { operations } from '../functions/operations.ts';
import { socketRoutes } from '../functions/sockets/routes.ts';
import { triggers } from '../functions/triggers.ts';
import { DEFAULT_STAGE, readSettings } from '../lib/deployment/read-settings.ts';
import { Settings } from '../lib/stack/settings.ts';
import { buildAll } from './build.ts';
import { installLayers } from './layers.ts';

/** The context that the local stack sets. Its Orthanc may be on the laptop, without TLS. */
const Laptop = z.object({ orthancUrl: z.string().optional(), scan: z.boolean() });

const app = new App();
const laptop = Laptop.optional().parse(app.node.tryGetContext('laptop'));
/** Reports a phase to `npm start`, which waits for it. */
const tellPhase = (phase: string) => process.send?.(phase);

tellPhase('Building the functions and the page');
await buildAll();
// The local stack uses the time zone of the machine.
if (!laptop) installLayers();

tellPhase('Synthesizing the stacks');
// Only now, since the constructs would take memory beside the compilers.
const { addStacks } = await import('../lib/stack/stacks.ts');
// A clinic's settings name its own Orthanc, where nothing may go that someone tries out on a laptop.
const { stage, settings } = laptop
  ? { stage: 'laptop', settings: { ...Settings.parse({}), ...laptop } }
  : readSettings(app.node.tryGetContext('stage') ?? DEFAULT_STAGE);
addStacks(app, { stage, operations, triggers, socketRoutes, settings, onLaptop: laptop !== undefined });
app.synth();
