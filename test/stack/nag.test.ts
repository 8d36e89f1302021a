import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { operations } from '../../functions/operations.ts';
import { socketRoutes } from '../../functions/sockets/routes.ts';
import { triggers } from '../../functions/triggers.ts';
import { NegatoscopeStack } from '../../lib/stack/negatoscope-stack.ts';
import { Settings } from '../../lib/stack/settings.ts';

/** The findings of cdk-nag that we accept, each with the reason. */
const ACCEPTED: Record<string, string> = {
  'AwsSolutions-APIG2':
    'Requests are validated in the function, by the same schemas that the API document is made of.',
  'AwsSolutions-APIG3': 'A firewall costs a small clinic more than the rest; attach one where it is wanted.',
  'AwsSolutions-APIG4':
    'Health and the API document are public, and a socket is asked at `$connect`; each other route is held to the authorizer by a test, because cdk-nag does not read the OpenAPI document.',
  'AwsSolutions-CFR1': 'A clinic’s people travel.',
  'AwsSolutions-CFR2': 'As for APIG3.',
  'AwsSolutions-CFR3': 'API Gateway logs each request behind it.',
  'AwsSolutions-CFR4': 'The minimum can be set only with a domain and a certificate of the clinic’s own.',
  'AwsSolutions-COG2': 'The clinic decides whether a second factor is a must; one can be used.',
  'AwsSolutions-COG8': 'The plus plan is priced for each person; a clinic may turn it on.',
  'AwsSolutions-IAM4': 'CDK’s role with which API Gateway writes its log.',
  'AwsSolutions-IAM5': 'X-Ray has no resources to name, and a function reads any image under its prefix.',
  'AwsSolutions-L1': 'CDK’s function that copies the page has the Python that CDK gives it.',
  'AwsSolutions-SMG4':
    'It seals cursors, which live for minutes, or is a key between CloudFront and the APIs, which a setting replaces (docs/deploy.md).',
  'AwsSolutions-SQS3': 'It is a dead-letter queue, of a stream.',
  'HIPAA.Security-APIGWCacheEnabledAndEncrypted': 'Patients’ images are kept in no cache.',
  'HIPAA.Security-APIGWSSLEnabled': 'Behind it are Lambda functions, which AWS calls by signed requests.',
  'HIPAA.Security-CloudWatchAlarmAction':
    'Alarms go to the address in the settings, which is the clinic’s to give.',
  'HIPAA.Security-CloudWatchLogGroupEncrypted':
    'CloudWatch encrypts all logs; ours hold ids and no patient data.',
  'HIPAA.Security-IAMNoInlinePolicy':
    'Each function has a role of its own, whose policy nobody else shall use.',
  'HIPAA.Security-LambdaConcurrency':
    'Reserving for each function would take the account’s concurrency from the others.',
  'HIPAA.Security-LambdaDLQ':
    'For asynchronous calls: these are the clock’s, which calls again. The queues and the stream have theirs.',
  'HIPAA.Security-LambdaInsideVPC':
    'They talk to AWS’s own endpoints, and one to an Orthanc on the internet; a VPC would add NAT and no protection.',
  'HIPAA.Security-S3BucketReplicationEnabled':
    'S3 keeps each object in three zones; a second region is the clinic’s choice.',
  'HIPAA.Security-S3DefaultEncryptionKMS': 'S3 delivers access logs only to buckets with its own keys.',
  'HIPAA.Security-SecretsManagerRotationEnabled': 'As for SMG4.',
};

interface Report {
  pluginReports: { pluginName: string; violations: { ruleName: string }[] }[];
}

const outdir = mkdtempSync(join(tmpdir(), 'nag-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

let found: Set<string>;
beforeAll(() => {
  const app = new App({ context: cdk.context, outdir });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
  new NegatoscopeStack(app, 'Negatoscope', {
    operations,
    triggers,
    socketRoutes,
    settings: Settings.parse({ orthancUrl: 'https://pacs.clinic.example', orthancSecret: 'orthanc' }),
  });
  // It throws if there are findings; the report lists them.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  expect(() => app.synth()).toThrow();
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  expect(report.pluginReports.map(({ pluginName }) => pluginName)).toEqual([
    'AwsSolutions',
    'HIPAA.Security',
  ]);
  const rules = report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
  found = new Set(rules.map((rule) => rule.replace(/\[.*/, '')));
});

test('AwsSolutions and HIPAA find nothing except accepted findings with a reason', () => {
  expect([...found].filter((rule) => !(rule in ACCEPTED))).toEqual([]);
});

test('Every accepted finding is still found', () => {
  expect(Object.keys(ACCEPTED).filter((rule) => !found.has(rule))).toEqual([]);
});
