import { expect, test } from 'vitest';
import { requireSmallPolicies } from '../../../lib/local/iam/iam.ts';
import { requireSmallEnvironment } from '../../../lib/local/lambda/functions.ts';

test('A function has at most 4,096 bytes of variables, with their names', () => {
  expect(() => requireSmallEnvironment('f', { NAME: 'x'.repeat(4092) })).not.toThrow();
  expect(() => requireSmallEnvironment('f', { NAME: 'x'.repeat(4000), OTHER: 'é'.repeat(50) })).toThrow(
    'f have 4109 bytes; Lambda takes 4096',
  );
});

test('All inline policies of a role together have at most 10,240 characters', () => {
  const document = (resources: number) => ({
    Statement: [{ Resource: Array(resources).fill({ Ref: 'A' }) }],
  });
  // Each reference is as long as an ARN in AWS.
  expect(() => requireSmallPolicies('role', [document(90)])).not.toThrow();
  expect(() => requireSmallPolicies('role', [document(50), document(50)])).toThrow('IAM takes 10240');
  const joined = { 'Fn::Join': ['', ['arn:aws:s3:::', { Ref: 'A' }, '/images/*']] };
  expect(() => requireSmallPolicies('role', [{ Resource: Array(75).fill(joined) }])).not.toThrow();
  expect(() => requireSmallPolicies('role', [{ Resource: Array(90).fill(joined) }])).toThrow();
});
