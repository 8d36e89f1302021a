import { expect, test } from 'vitest';
import { lostData } from '../../../lib/deployment/lost-data.ts';

const KEEP = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
const bucket = (properties: object = {}) => ({ Type: 'AWS::S3::Bucket', Properties: properties, ...KEEP });
const pool = (properties: object = {}) => ({
  Type: 'AWS::Cognito::UserPool',
  Properties: properties,
  ...KEEP,
});
const template = (resources: object) => ({ Resources: resources });

test('An update in place loses nothing, nor does a new resource', () => {
  const before = template({ Images: bucket(), People: pool() });
  const versioned = bucket({ VersioningConfiguration: { Status: 'Enabled' } });
  expect(lostData(before, template({ Images: versioned, People: pool(), More: bucket() }))).toEqual([]);
});

test('A new name replaces a bucket, another logical id leaves it behind', () => {
  const before = template({ Images: bucket({ BucketName: 'a' }) });
  expect(lostData(before, template({ Images: bucket({ BucketName: 'b' }) }))).toEqual([
    { logicalId: 'Images', type: 'AWS::S3::Bucket', consequence: 'is replaced by an empty one' },
  ]);
  expect(lostData(before, template({ Pictures: bucket({ BucketName: 'a' }) }))).toEqual([
    { logicalId: 'Images', type: 'AWS::S3::Bucket', consequence: 'is no longer part of the stack' },
  ]);
});

test('A resource that is not retained is deleted', () => {
  const queue = { Type: 'AWS::SQS::Queue', Properties: {}, DeletionPolicy: 'Delete' };
  expect(lostData(template({ Queue: queue }), template({}))).toEqual([
    { logicalId: 'Queue', type: 'AWS::SQS::Queue', consequence: 'is deleted' },
  ]);
});
