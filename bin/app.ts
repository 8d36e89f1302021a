import { App } from 'aws-cdk-lib';
import { operations } from '../functions/operations.ts';
import { socketRoutes } from '../functions/socket-routes.ts';
import { triggers } from '../functions/triggers.ts';
import { NegatoscopeStack } from '../lib/stack/negatoscope-stack.ts';
import { Settings } from '../lib/stack/settings.ts';
import { buildFunctions } from './build.ts';
import { installLayers } from './layers.ts';

const app = new App();
await buildFunctions();
// The local stack has the machine's own.
if (!app.node.tryGetContext('laptop')) installLayers();

const settings = Settings.parse(app.node.tryGetContext('negatoscope') ?? {});
new NegatoscopeStack(app, 'Negatoscope', {
  description: 'Negatoscope: the image service of a clinic',
  operations,
  triggers,
  socketRoutes,
  settings,
});
app.synth();
