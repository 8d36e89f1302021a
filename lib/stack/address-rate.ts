import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/**
 * A rate-based rule of AWS WAF at the API: it blocks an address whose requests of the last five minutes exceed the limit.
 *
 * It stands at the API's stage, in the region of the stack: a web ACL of CloudFront must be in us-east-1. There each
 * request comes from CloudFront, so the rule counts by the header in which CloudFront's function writes the viewer's
 * address, whatever the viewer sent. It counts together with the key of CloudFront (`origin-keys.ts`), which is checked only
 * after the rule: otherwise requests past CloudFront, with an invented address, would use up the share of that address.
 */
export class AddressRate extends Construct {
  constructor(scope: Construct, id: string, api: SpecRestApi, requests: number) {
    super(scope, id);
    const visibility = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: false,
      metricName,
    });
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('requests'),
      rules: [
        {
          name: 'requests-of-one-address',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: {
              limit: requests,
              evaluationWindowSec: 300,
              aggregateKeyType: 'CUSTOM_KEYS',
              customKeys: ['x-viewer-address', 'x-api-key'].map((name) => ({
                header: { name, textTransformations: [{ priority: 0, type: 'NONE' }] },
              })),
            },
          },
          visibilityConfig: visibility('too-many-requests-of-one-address'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
  }
}
