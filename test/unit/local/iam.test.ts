import { describe, expect, test } from 'vitest';
import { decide, Statement, statementsOfRole } from '../../../lib/local/iam/iam.ts';
import { Template } from '../../../lib/local/template.ts';

const statement = (parts: object) =>
  Statement.parse({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...parts });
const read = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/a/b' };

describe('a policy', () => {
  test('without an allowing statement refuses', () => {
    expect(decide([], read)).toBe('not allowed');
  });

  test.each([
    [{ Action: 's3:*' }, true],
    [{ Action: ['s3:Put*', 'S3:getobject'] }, true],
    [{ Action: 's3:GetObjec?' }, true],
    [{ Action: 's3:GetObjectTagging' }, false],
    [{ Action: undefined, NotAction: 's3:Put*' }, true],
    [{ Resource: 'arn:aws:s3:::bucket/*' }, true],
    [{ Resource: 'arn:aws:s3:::bucket' }, false],
    [{ Resource: 'arn:aws:s3:::buc.et/a/b' }, false],
    [{ Resource: 'arn:aws:s3:::BUCKET/a/b' }, false],
    [{ Resource: undefined, NotResource: 'arn:aws:s3:::bucket/a/*' }, false],
  ])('with %j returns %s', (parts, allowed) => {
    expect(decide([statement(parts)], read)).toBe(allowed ? 'allowed' : 'not allowed');
  });

  test('denies before it allows', () => {
    expect(decide([statement({}), statement({ Effect: 'Deny', Resource: '*/a/*' })], read)).toBe(
      'denied explicitly',
    );
  });

  test('allows only if its condition holds', () => {
    const list = statement({ Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': 'a/*' } } });
    const access = { action: 's3:ListBucket', resource: 'arn:aws:s3:::bucket' };
    expect(decide([list], { ...access, context: { 's3:prefix': 'a/b' } })).toBe('allowed');
    expect(decide([list], { ...access, context: { 's3:prefix': 'b/a' } })).toBe('not allowed');
    expect(decide([list], access)).toBe('not allowed');
  });
});

describe('the statements of a role', () => {
  const template = (condition: object) =>
    new Template(
      {
        Service: {
          Resources: {
            Role: {
              Type: 'AWS::IAM::Role',
              Properties: {
                Policies: [
                  { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:A', Resource: '*' }] } },
                ],
              },
            },
            Policy: {
              Type: 'AWS::IAM::Policy',
              Properties: {
                Roles: [{ Ref: 'Role' }],
                PolicyDocument: {
                  Statement: [
                    {
                      Effect: 'Allow',
                      Action: 'kms:Decrypt',
                      Resource: { 'Fn::ImportValue': 'x' },
                      Condition: { Odd: { a: 'b' } },
                    },
                    {
                      Effect: 'Allow',
                      Action: 's3:B',
                      Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
                      Condition: condition,
                    },
                  ],
                },
              },
            },
            Bucket: { Type: 'AWS::S3::Bucket' },
          },
        },
      },
      new Map(),
      'http://localhost:1',
    );
  const arn = 'arn:aws:iam::000000000000:role/Role';

  test('come from the role and its attached policies, without those on services that are not enforced', () => {
    expect(statementsOfRole(template({}), arn)).toMatchObject([
      { Action: ['s3:A'] },
      { Action: ['s3:B'], Resource: ['arn:aws:s3:::bucket'] },
    ]);
  });

  test('with a condition that cannot be evaluated prevent the start', () => {
    expect(() => statementsOfRole(template({ Bool: { 'aws:SecureTransport': 'true' } }), arn)).toThrow(
      'cannot evaluate the condition Bool',
    );
  });
});
