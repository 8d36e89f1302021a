// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation’s
import { expect, test } from 'vitest';
import { Template } from '../../../lib/local/template.ts';

const template = new Template(
  {
    Service: {
      Parameters: { Stage: { Type: 'String', Default: 'dev' } },
      Conditions: {
        IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
        IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] },
      },
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table' },
        Bucket: { Type: 'AWS::S3::Bucket' },
        Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': 'jobs-${Stage}' } } },
        Pool: { Type: 'AWS::Cognito::UserPool' },
        Client: { Type: 'AWS::Cognito::UserPoolClient' },
        OnlyProd: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' },
      },
    },
  },
  new Map(),
  'http://localhost:4000',
  'http://127.0.0.1:4000',
);

test.each([
  [{ Ref: 'Table' }, 'Table'],
  [{ Ref: 'Stage' }, 'dev'],
  [{ Ref: 'Client' }, 'negatoscope-local'],
  [{ Ref: 'Named' }, 'http://localhost:4000/local/sqs/000000000000/jobs-dev'],
  [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/Table'],
  [{ 'Fn::GetAtt': 'Named.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:jobs-dev'],
  [{ 'Fn::GetAtt': ['Pool', 'ProviderURL'] }, 'http://localhost:4000/local'],
  [
    { 'Fn::Join': ['', ["'self' https://", { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] }]] },
    "'self' http://127.0.0.1:4000",
  ],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
  [
    { 'Fn::Sub': ['${x}/${Table.Arn}/${!literal}', { x: 1 }] },
    '1/arn:aws:dynamodb:us-east-1:000000000000:table/Table/${literal}',
  ],
  [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  [{ 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
  [{ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }] }, { b: [1] }],
])('%j becomes %j', (value, expected) => {
  expect(template.resolve(value)).toEqual(expected);
});

test('a resource whose condition is false does not exist', () => {
  expect(template.ofType('AWS::SQS::Queue').map(({ logicalId }) => logicalId)).toEqual(['Named']);
});

test.each([
  [{ Ref: 'Nobody' }, 'Ref Nobody'],
  [{ 'Fn::GetAtt': ['Table', 'Colour'] }, 'Table.Colour'],
  [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue'],
])('%j is named in the error', (value, name) => {
  expect(() => template.resolve(value)).toThrow(name);
});
