import { Match, type Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { synthesizeTemplate } from '../support/synthesize-template.ts';

const synthesize = (settings: unknown = {}) => synthesizeTemplate(settings).template;
/** The origins that the functions of DICOMweb and the one of preflight requests allow. */
const allowedBy = (template: Template) => [
  ...new Set(
    Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.ALLOWED_ORIGINS ?? [],
    ),
  ),
];
const apiOf = (template: Template) => JSON.stringify(template.findResources('AWS::ApiGateway::RestApi'));
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0190a5a2';
const plain = synthesize();
const own = synthesize({
  scan: true,
  allowedOrigins: ['https://viewer.example'],
  domain: { name: 'images.clinic.example', certificateArn },
});

test('Without the setting allowedOrigins, neither the API nor its gateway allows another origin', () => {
  expect(apiOf(plain)).not.toMatch(/access-control/i);
  expect(apiOf(own)).toContain('gatewayresponse.header.access-control-allow-origin');
  expect(allowedBy(plain)).toEqual(['[]']);
  expect(allowedBy(own)).toEqual(['["https://viewer.example"]']);
});

test('With ohifUrl, that viewer may call the API and sign people in', () => {
  const ohif = synthesize({ ohifUrl: 'https://viewer.example/ohif' });
  expect(allowedBy(ohif)).toEqual(['["https://viewer.example"]']);
  ohif.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    CallbackURLs: Match.arrayWith(['https://viewer.example/ohif/callback']),
    LogoutURLs: Match.arrayWith(['https://viewer.example/ohif/']),
  });
});

test('Signed URLs work from every origin, whatever the setting says', () => {
  for (const template of [plain, own])
    template.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: { CorsRules: [Match.objectLike({ AllowedOrigins: ['*'] })] },
    });
});

test('With a domain, CloudFront has its name and certificate, TLS 1.2 and a log', () => {
  own.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      Aliases: ['images.clinic.example'],
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
      Logging: Match.objectLike({ Bucket: Match.anyValue(), IncludeCookies: false }),
    }),
  });
  own.hasOutput('Url', { Value: 'https://images.clinic.example' });
  own.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    CallbackURLs: ['https://images.clinic.example/', 'http://localhost:47115/'],
  });
});

test('GuardDuty scans the uploads, and its results go to a queue, only with the setting scan', () => {
  own.hasResourceProperties('AWS::GuardDuty::MalwareProtectionPlan', {
    ProtectedResource: { S3Bucket: Match.objectLike({ ObjectPrefixes: ['incoming/', 'incoming-dicom/'] }) },
  });
  own.hasResourceProperties('AWS::S3::Bucket', {
    NotificationConfiguration: Match.objectLike({ EventBridgeConfiguration: { EventBridgeEnabled: true } }),
  });
  own.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike({
      source: ['aws.guardduty'],
      'detail-type': ['GuardDuty Malware Protection Object Scan Result'],
    }),
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Queue'), 'Arn'] } })],
  });
  plain.resourceCountIs('AWS::GuardDuty::MalwareProtectionPlan', 0);
  expect(JSON.stringify(plain.toJSON())).not.toContain('receive-scan-result');
});
