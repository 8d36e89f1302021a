import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const DATA_STACK = 'Negatoscope-prod-Data';

let folder: string;
let cloudFormation: Server;
/** The template that is deployed; none before the first deployment. */
let deployed: object | undefined;

/** A stand-in for `cdk` that writes down its arguments, and for `synth` the template that `next.json` has. */
const CDK = `#!/usr/bin/env node
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync('calls', JSON.stringify(args) + '\\n');
const out = args[args.indexOf('--output') + 1];
if (args[0] === 'synth') {
  mkdirSync(out, { recursive: true });
  cpSync('next.json', out + '/${DATA_STACK}.template.json');
}
`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  for (const name of ['bin', 'lib', 'functions', 'package.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'stand-in'));
  writeFileSync(join(folder, 'stand-in', 'cdk'), CDK);
  chmodSync(join(folder, 'stand-in', 'cdk'), 0o755);
  deployed = undefined;
  cloudFormation = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(deployed ? 200 : 400, { 'content-type': 'text/xml' });
      response.end(deployed ? found(deployed) : NOT_FOUND);
    });
  });
  await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  cloudFormation.close();
  rmSync(folder, { recursive: true, force: true });
});

const NOT_FOUND = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${DATA_STACK} does not exist</Message></Error></ErrorResponse>`;
const found = (template: object) =>
  `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(template)}</TemplateBody></GetTemplateResult></GetTemplateResponse>`;

const table = (attribute: string) => ({
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { KeySchema: [{ AttributeName: attribute, KeyType: 'HASH' }] },
    },
  },
});

async function deploy(next: object, ...args: string[]) {
  writeFileSync(join(folder, 'next.json'), JSON.stringify(next));
  const { port } = cloudFormation.address() as AddressInfo;
  const env = {
    PATH: [join(folder, 'stand-in'), process.env.PATH].join(delimiter),
    AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'stand-in',
    AWS_SECRET_ACCESS_KEY: 'stand-in',
  };
  const ended = await run(process.execPath, ['bin/deploy.ts', ...args], { cwd: folder, env }).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }) => ({ code, stderr }),
  );
  const text = (() => {
    try {
      return readFileSync(join(folder, 'calls'), 'utf8').trim();
    } catch {
      return '';
    }
  })();
  const calls = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line)[0]);
  return { ...ended, calls };
}

describe('npm run deploy', () => {
  test('deploys both stacks the first time', async () => {
    expect(await deploy(table('pk'))).toEqual({ code: 0, stderr: '', calls: ['synth', 'deploy'] });
  });

  test('deploys what keeps the data', async () => {
    deployed = table('pk');
    expect(await deploy(table('pk'))).toMatchObject({ code: 0, calls: ['synth', 'deploy'] });
  });

  test('refuses what would replace a table, unless that is accepted by name', async () => {
    deployed = table('pk');
    const refused = await deploy(table('id'));
    expect(refused).toMatchObject({ code: 1, calls: ['synth'] });
    expect(refused.stderr).toContain('Table (AWS::DynamoDB::Table) is replaced by an empty one');
    const accepted = await deploy(table('id'), '--accept', 'Table');
    expect(accepted).toMatchObject({ code: 0, calls: ['synth', 'synth', 'deploy'] });
  });

  test('refuses a stage without settings before it does anything', async () => {
    expect(await deploy(table('pk'), '--stage', 'test')).toMatchObject({ code: 1, calls: [] });
  });

  test('hands the arguments after -- to cdk deploy', async () => {
    await deploy(table('pk'), '--', '--require-approval', 'never');
    const [, last = ''] = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    expect(JSON.parse(last)).toEqual([
      'deploy',
      '--all',
      '--app',
      '.local/deploy/prod',
      '--outputs-file',
      '.local/deploy/prod.outputs.json',
      '--require-approval',
      'never',
    ]);
  });
});
