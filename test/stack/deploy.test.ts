import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAwsStandIn } from '../support/operator/aws-stand-in.ts';
import { OperatorProject } from '../support/operator/operator-project.ts';

/** The template that is deployed; none before the first deployment. */
let deployed: object | undefined;
let aws: Awaited<ReturnType<typeof startAwsStandIn>>;
let project: OperatorProject;
beforeEach(async () => {
  deployed = undefined;
  aws = await startAwsStandIn({
    GetTemplate: () =>
      deployed
        ? `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(deployed)}</TemplateBody></GetTemplateResult></GetTemplateResponse>`
        : new Error('ValidationError: Stack with id Negatoscope-prod-Data does not exist'),
  });
  project = new OperatorProject(aws.environment);
});
afterEach(() => {
  aws.close();
  project.delete();
});

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

async function deploy(next: object, args = '') {
  project.next = next;
  const { code, stderr } = await project.run(`npm run deploy ${args}`);
  return { code, stderr, calls: project.cdkCalls.map(([command]) => command) };
}

describe('npm run deploy', () => {
  test('deploys all stacks the first time', async () => {
    expect(await deploy(table('pk'))).toMatchObject({ code: 0, calls: ['synth', 'deploy'] });
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
    const accepted = await deploy(table('id'), '-- --accept Table');
    expect(accepted).toMatchObject({ code: 0, calls: ['synth', 'synth', 'deploy'] });
  });

  test('refuses a stage without settings before it does anything', async () => {
    expect(await deploy(table('pk'), '-- --stage test')).toMatchObject({ code: 1, calls: [] });
  });

  test('hands the arguments after -- to cdk deploy', async () => {
    await deploy(table('pk'), '-- -- --require-approval never');
    expect(project.cdkCalls.at(-1)).toEqual([
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
