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
import { Settings } from '../../lib/stack/settings.ts';
import { addStacks } from '../../lib/stack/stacks.ts';
import { EVERY_SETTING } from './every-setting.ts';

/** A finding of cdk-nag that we accept: its rule, the constructs for which it is accepted, and the reason. */
type Accepted = [rule: RegExp, constructs: RegExp, reason: string];

const FUNCTIONS = /^Negatoscope-prod\/(Functions\/|Custom::CDKBucketDeployment)/;
const PAGE_COPY = /\/Custom::CDKBucketDeployment/;

const ACCEPTED: Accepted[] = [
  [
    /^AwsSolutions-APIG2$/,
    /\/Api\/Rest\//,
    'Requests are validated in the function, by the schemas of the API document.',
  ],
  [
    /^AwsSolutions-APIG3$/,
    /\/Api\/Rest\//,
    'A firewall costs a small clinic more than the rest: it is the setting requestsPerAddress.',
  ],
  [
    /^AwsSolutions-APIG4$/,
    /\/Sockets\/Api\//,
    'A socket is authorized at $connect, and not at other routes.',
  ],
  [/^AwsSolutions-CFR1$/, /\/Edge\/Distribution\//, 'A clinic’s people travel.'],
  [/^AwsSolutions-CFR2$/, /\/Edge\/Distribution\//, 'The firewall is that of the API behind it: see APIG3.'],
  [
    /^AwsSolutions-CFR3$/,
    /\/Edge\/Distribution\//,
    'API Gateway logs each request behind it. With a domain, CloudFront logs too.',
  ],
  [
    /^AwsSolutions-CFR4$/,
    /\/Edge\/Distribution\//,
    'The minimum of TLS can be set only with a domain of the clinic.',
  ],
  [
    /^AwsSolutions-COG2$/,
    /\/People\/Pool\//,
    'The clinic decides whether a second factor is required: setting mfa.',
  ],
  [
    /^AwsSolutions-COG8$/,
    /\/People\/Pool\//,
    'The plus plan has a price for each person; a clinic may turn it on.',
  ],
  [
    /^AwsSolutions-IAM4/,
    /\/Api\/Rest\/CloudWatchRole\//,
    'AWS’s policy for the role with which API Gateway writes logs.',
  ],
  [/^AwsSolutions-IAM4/, PAGE_COPY, 'CDK’s function that copies the page has AWS’s policy for logs.'],
  [/^AwsSolutions-IAM5\[Resource::\*\]$/, FUNCTIONS, 'The actions of X-Ray support no resources.'],
  [
    /^AwsSolutions-IAM5\[Resource::.*\/(images|incoming|incoming-dicom|dicom|exports|audit|audit\/heads)\/\*\]$/,
    FUNCTIONS,
    'A function uses any object under its prefix.',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::.*FailedRecords.*\/\*\]$/,
    /\/Functions\/(distribute-changes|notify|seal-audit)-role\//,
    'Lambda writes the records that such a function could not process, under keys of its own, into a bucket for nothing else.',
  ],
  [/^AwsSolutions-IAM5\[Resource::.*\/index\/\*\]$/, FUNCTIONS, 'The indexes of one table.'],
  [
    /^AwsSolutions-IAM5\[Resource::arn:.*\/@connections\/\*\]$/,
    FUNCTIONS,
    'Any open socket of the clinic’s own API.',
  ],
  [
    /^AwsSolutions-IAM5/,
    PAGE_COPY,
    'CDK’s function that copies the page writes into the page’s bucket only.',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::.*(\/incoming\/\*|\/incoming-dicom\/\*|AmazonGuardDutyMalwareProtectionS3\*)\]$/,
    /\/MalwareProtection\/Role\//,
    'GuardDuty names its own rule, and reads the uploads.',
  ],
  [/^AwsSolutions-L1$/, PAGE_COPY, 'CDK’s function has the Python that CDK gives it.'],
  [
    /^(AwsSolutions-S1|HIPAA.Security-S3BucketLoggingEnabled)$/,
    /\/Edge\/AccessLogs\//,
    'The bucket holds the access logs of CloudFront.',
  ],
  [
    /^(AwsSolutions-SMG4|HIPAA.Security-SecretsManagerRotationEnabled)$/,
    /\/Functions\/CursorSecret\//,
    'It seals cursors, which live for minutes. A new one costs a reader a page.',
  ],
  [
    /^(AwsSolutions-SMG4|HIPAA.Security-SecretsManagerRotationEnabled)$/,
    /\/OriginKeys\/Secret/,
    'It is a key between CloudFront and the APIs. A deployment replaces it in both (docs/deploy.md).',
  ],
  [/^AwsSolutions-SQS3$/, /\/DeadLetters\//, 'It is the dead-letter queue of a stream.'],
  [
    /^HIPAA.Security-APIGWCacheEnabledAndEncrypted$/,
    /\/Api\/Rest\//,
    'Patients’ images are kept in no cache.',
  ],
  [
    /^HIPAA.Security-APIGWSSLEnabled$/,
    /\/Api\/Rest\//,
    'Behind it are Lambda functions, which AWS calls by signed requests.',
  ],
  [
    /^HIPAA.Security-CloudWatchAlarmAction$/,
    /^Negatoscope-prod-Monitoring\//,
    'Alarms go to the address of the setting alarmEmail.',
  ],
  [
    /^HIPAA.Security-CloudWatchLogGroupEncrypted$/,
    /Log|Custom::/,
    'CloudWatch encrypts all logs; ours hold ids and no patient data.',
  ],
  [
    /^HIPAA.Security-IAMNoInlinePolicy$/,
    /role|Role|Policy|Invoker/,
    'A role is of the functions with the same rights; nobody else shall use its policy.',
  ],
  [
    /^HIPAA.Security-LambdaConcurrency$/,
    FUNCTIONS,
    'Reserving for each function would take the account’s concurrency from the others.',
  ],
  [
    /^HIPAA.Security-LambdaDLQ$/,
    FUNCTIONS,
    'For asynchronous calls: these are the clock’s, which calls again. Queues and streams have theirs.',
  ],
  [
    /^HIPAA.Security-LambdaInsideVPC$/,
    FUNCTIONS,
    'They call AWS’s own endpoints, and one an Orthanc on the internet; a VPC would add NAT and no protection.',
  ],
  [
    /^HIPAA.Security-S3BucketReplicationEnabled$/,
    /./,
    'S3 keeps each object in three zones; a second region is the clinic’s choice.',
  ],
  [
    /^HIPAA.Security-S3DefaultEncryptionKMS$/,
    /AccessLogs|Page\/Files/,
    'S3 and CloudFront deliver logs only to buckets with keys of S3, and the page is public.',
  ],
  [
    /^HIPAA.Security-WAFv2LoggingEnabled$/,
    /AddressRate/,
    'API Gateway logs each request, also one that is refused.',
  ],
];

interface Report {
  pluginReports: {
    pluginName: string;
    violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
  }[];
}

const outdir = mkdtempSync(join(tmpdir(), 'nag-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** What cdk-nag finds, as `rule construct`. */
let found: [rule: string, construct: string][];
beforeAll(() => {
  // It throws if there are findings; the report lists them.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  found = [{}, EVERY_SETTING].flatMap((settings) => {
    const app = new App({ context: cdk.context, outdir });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
    addStacks(app, {
      stage: 'prod',
      operations,
      triggers,
      socketRoutes,
      settings: Settings.parse(settings),
    });
    expect(() => app.synth()).toThrow();
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    const packs = report.pluginReports.filter(({ pluginName }) => /^(AwsSolutions|HIPAA)/.test(pluginName));
    expect(packs).toHaveLength(2);
    return packs.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }): [string, string] => [ruleName, constructPath]),
      ),
    );
  });
});

const accepts =
  ([rule, construct]: [string, string]) =>
  (accepted: Accepted) =>
    accepted[0].test(rule) && accepted[1].test(construct);

test('AwsSolutions and HIPAA find nothing except accepted findings with a reason', () => {
  expect(found.filter((finding) => !ACCEPTED.some(accepts(finding)))).toEqual([]);
});

test('Every accepted finding is still found', () => {
  const unused = ACCEPTED.filter((accepted) => !found.some((finding) => accepts(finding)(accepted)));
  expect(unused.map(([rule, constructs]) => `${rule} ${constructs}`)).toEqual([]);
});
