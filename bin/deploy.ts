import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  CloudFormationClient,
  CloudFormationServiceException,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { lostData } from '../lib/deployment/lost-data.ts';
import { DEFAULT_STAGE, readSettings } from '../lib/deployment/read-settings.ts';
import { stackNames } from '../lib/stack/stacks.ts';

const usage = `npm run deploy -- [--stage ${DEFAULT_STAGE}] [--accept <logical id>] [-- <arguments of cdk deploy>]`;

/** Deploys the stacks of a stage, unless the service would lose data by it. */
async function deploy(): Promise<number> {
  const { values, positionals } = readArguments();
  const { stage } = readSettings(values.stage);
  const out = join('.local', 'deploy', stage);
  const synthesis = cdk('synth', '--quiet', '--all', '--context', `stage=${stage}`, '--output', out);
  if (synthesis !== 0) return synthesis;
  await refuseToLoseData(stackNames(stage).data, out, values.accept);
  const outputs = join('.local', 'deploy', `${stage}.outputs.json`);
  return cdk('deploy', '--all', '--app', out, '--outputs-file', outputs, ...positionals);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        stage: { type: 'string', default: DEFAULT_STAGE },
        accept: { type: 'string', multiple: true, default: [] },
      },
    });
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${usage}`, EXIT.usage);
  }
}

async function refuseToLoseData(stack: string, out: string, accepted: readonly string[]): Promise<void> {
  const deployed = await deployedTemplate(stack);
  if (!deployed) return;
  const next = JSON.parse(readFileSync(join(out, `${stack}.template.json`), 'utf8'));
  const lost = lostData(deployed, next).filter(({ logicalId }) => !accepted.includes(logicalId));
  if (lost.length === 0) return;
  const lines = lost.map(({ logicalId, type, consequence }) => `  ${logicalId} (${type}) ${consequence}`);
  throw new CliError(
    `Nothing was deployed: the service would no longer have what is stored in\n${lines.join('\n')}\nIf that is right, repeat the command with --accept and the name of each.`,
  );
}

/** The template of a deployed stack; undefined before the first deployment. */
async function deployedTemplate(StackName: string): Promise<object | undefined> {
  try {
    const client = new CloudFormationClient();
    const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName }));
    return JSON.parse(TemplateBody);
  } catch (error) {
    if (error instanceof CloudFormationServiceException && /does not exist$/.test(error.message)) return;
    throw error;
  }
}

const cdk = (...args: string[]) => spawnSync('cdk', args, { stdio: 'inherit' }).status ?? EXIT.notAll;

try {
  process.exitCode = await deploy();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CliError ? error.exitCode : EXIT.notAll;
}
