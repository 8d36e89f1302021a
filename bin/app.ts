import { App } from 'aws-cdk-lib/core';
import * as z from 'zod';
import { operations } from '../functions/operations.ts';
import { socketRoutes } from '../functions/sockets/routes.ts';
import { triggers } from '../functions/triggers.ts';
import { NegatoscopeStack } from '../lib/stack/negatoscope-stack.ts';
import { Settings } from '../lib/stack/settings.ts';
import { buildFunctions } from './build.ts';
import { buildWeb } from './build-web.ts';
import { installLayers } from './layers.ts';

/** The context that the local stack sets. */
const Laptop = z.object({ orthancUrl: z.string().optional(), scan: z.boolean() });

const app = new App();
const laptop = Laptop.optional().parse(app.node.tryGetContext('laptop'));
/** Reports a phase to `npm start`, which waits for it. */
const tellPhase = (phase: string) => process.send?.(phase);

tellPhase('Building the functions and the page');
await Promise.all([buildFunctions(), buildWeb()]);
// The local stack uses the time zone of the machine.
if (!laptop) installLayers();

tellPhase('Synthesizing the stack');
const { orthancUrl, orthancSecret, ...settings } = Settings.parse(
  app.node.tryGetContext('negatoscope') ?? {},
);
// The context's is the clinic's own, where nothing may go that someone tries out.
const orthanc = laptop ?? { orthancUrl, orthancSecret };
new NegatoscopeStack(app, 'Negatoscope', {
  description: 'Negatoscope: the image service of a clinic',
  operations,
  triggers,
  socketRoutes,
  settings: { ...settings, ...orthanc, scan: settings.scan || laptop?.scan === true },
  onLaptop: laptop !== undefined,
});
app.synth();
