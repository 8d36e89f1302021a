import type { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { beforeAll, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { DATA_FORMAT } from '../../lib/domain/data-format.ts';
import { synthesizeTemplate } from '../support/synthesize-template.ts';

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation has no types
type Resources = Record<string, { Type: string; DeletionPolicy?: string; Properties: any }>;

let template: ReturnType<Template['toJSON']>;
let resources: Resources;
beforeAll(() => {
  template = synthesizeTemplate().template.toJSON();
  resources = template.Resources;
});

const idsOf = (type: RegExp, deletionPolicy: string) =>
  Object.entries(resources).flatMap(([id, { Type, DeletionPolicy }]) =>
    type.test(Type) && DeletionPolicy === deletionPolicy ? [id] : [],
  );

/** What holds data, or gives access to it. */
const STATEFUL = /^AWS::(S3::Bucket|DynamoDB::(Global)?Table|KMS::Key|Cognito::UserPool)$/;

test('What holds data keeps its logical id, under which CloudFormation knows it, and outlives the stack', () => {
  expect(idsOf(STATEFUL, 'RetainExceptOnCreate').sort()).toEqual([
    'PageFiles79CCA538',
    'PeoplePoolC64A4D1E',
    'StorageAccessLogs96FB524C',
    'StorageAudit9012A908',
    'StorageAuditSegmentsA1CA1B24',
    'StorageFailedRecordsAA4B2B02',
    'StorageImagesCFC0E004',
    'StorageKeyBAA9457B',
    'StorageTableB43FDCE7',
  ]);
  // The state of requests and of connections is worth nothing after an hour.
  expect(idsOf(STATEFUL, 'Delete').sort()).toEqual([
    expect.stringMatching(/^StorageConnections/),
    expect.stringMatching(/^StorageRequests/),
  ]);
});

test('The address of the service stays: so does the logical id of its distribution', () => {
  expect(
    Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::CloudFront::Distribution'),
  ).toEqual(['EdgeDistribution0060737B']);
});

test('Every table is a global table of one region, to which replicas can be added later', () => {
  const tables = Object.values(resources).filter(({ Type }) => Type.startsWith('AWS::DynamoDB::'));
  expect(tables).toHaveLength(4);
  for (const { Type, Properties } of tables) {
    expect(Type).toBe('AWS::DynamoDB::GlobalTable');
    expect(Properties.Replicas).toEqual([expect.objectContaining({ Region: { Ref: 'AWS::Region' } })]);
  }
});

test('The user pool ignores the case of names, and requires no attribute that a patient may not have', () => {
  const pool = resources.PeoplePoolC64A4D1E?.Properties;
  expect(pool).toMatchObject({
    AliasAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
    Schema: [
      { Name: 'email', Required: false, Mutable: true },
      {
        Name: 'patient_id',
        AttributeDataType: 'String',
        Mutable: true,
        StringAttributeConstraints: { MinLength: '1', MaxLength: '64' },
      },
    ],
  });
});

test('The behaviour of CDK is what its pinned version recommends, so that no later version changes a resource', () => {
  expect(cdk.context).toMatchObject(CURRENTLY_RECOMMENDED_FLAGS);
});

test('CloudFormation refuses a deployment over data of another format, before it changes anything', () => {
  expect(template.Parameters.DataFormat).toMatchObject({ Type: 'Number', Default: DATA_FORMAT });
  expect(template.Rules.RequireDataFormat.Assertions).toEqual([
    {
      Assert: { 'Fn::Equals': [{ Ref: 'DataFormat' }, String(DATA_FORMAT)] },
      AssertDescription: expect.stringContaining('the stack has data of another format'),
    },
  ]);
});
