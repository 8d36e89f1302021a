import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { App, Stack } from 'aws-cdk-lib/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillIn, loadPipes } from '../../../lib/local/eventbridge/pipes.ts';
import { loadTemplate } from '../../../lib/local/template.ts';

const SOURCE = 'arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/local';
const TARGET = 'arn:aws:sqs:us-east-1:000000000000:Q';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'pipes-test-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

/** The pipes of a template with one pipe whose role has these permissions. */
function pipesWith(actions: string[], target = TARGET) {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Negatoscope');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('pipes.amazonaws.com') });
  role.addToPolicy(new PolicyStatement({ actions, resources: [SOURCE, target] }));
  new CfnPipe(stack, 'Pipe', {
    roleArn: role.roleArn,
    source: SOURCE,
    sourceParameters: { dynamoDbStreamParameters: { startingPosition: 'TRIM_HORIZON', batchSize: 7 } },
    target,
    targetParameters: { inputTemplate: '{}' },
  });
  app.synth();
  return loadPipes(loadTemplate(outdir, 'http://localhost:3000'));
}

test('A pipe is read from the template', () => {
  expect(pipesWith(['dynamodb:GetRecords', 'sqs:SendMessage'])).toMatchObject([
    { source: SOURCE, target: TARGET, batchSize: 7 },
  ]);
});

test('A pipe whose role may not read its source is no pipe', () => {
  expect(() => pipesWith(['dynamodb:GetRecords'])).toThrow(/does not allow sqs:SendMessage/);
});

test('A pipe to a target other than a queue is refused', () => {
  expect(() => pipesWith(['*'], 'arn:aws:events:us-east-1:000000000000:event-bus/b')).toThrow(
    /from tables to queues only/,
  );
});

test('A message has the fields of a record that its template names, as JSON', () => {
  const record = { dynamodb: { NewImage: { sopUid: { S: '1.2.3' }, name: { S: 'a "b"' } } } };
  const filled = fillIn(
    '{"uid": <$.dynamodb.NewImage.sopUid.S>, "name": <$.dynamodb.NewImage.name.S>, "none": <$.dynamodb.x.y>}',
    record,
  );
  expect(JSON.parse(filled)).toEqual({ uid: '1.2.3', name: 'a "b"', none: '' });
});
