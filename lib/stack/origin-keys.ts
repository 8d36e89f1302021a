import { CfnApiKey, CfnUsagePlan, CfnUsagePlanKey } from 'aws-cdk-lib/aws-apigateway';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/**
 * The keys by which the APIs know requests of CloudFront: API Gateway refuses a request without one before it invokes a
 * function of ours.
 *
 * There are two generations: the one that CloudFront sends, and the next. A deployment with the next generation changes
 * only what CloudFront sends; CloudFormation removes the old key after the distribution is deployed everywhere. So each
 * request has a key that is accepted.
 */
export class OriginKeys extends Construct {
  /** The header that CloudFront adds to each request; it replaces that of the viewer. */
  readonly header: Record<'x-api-key', string>;
  readonly #keys: { generation: number; key: CfnApiKey }[];

  constructor(scope: Construct, id: string, generation: number, encryptionKey: IKey) {
    super(scope, id);
    const generations = [generation, generation + 1].map((each) => {
      const secret = new Secret(this, `Secret${each}`, {
        description: 'By which the APIs know requests of CloudFront',
        encryptionKey,
        // API Gateway takes 20 to 128 characters (API reference, "CreateApiKey").
        generateSecretString: { passwordLength: 43, excludePunctuation: true },
      });
      // A reference to the secret, which CloudFormation resolves: the template has no value.
      const value = secret.secretValue.unsafeUnwrap();
      return { generation: each, value, key: new CfnApiKey(this, `Key${each}`, { enabled: true, value }) };
    });
    this.#keys = generations;
    this.header = { 'x-api-key': generations[0]?.value ?? '' };
  }

  /** Lets the keys pass at a stage. A usage plan without limits leaves them to the stage. */
  allow(id: string, apiId: string, stage: string): void {
    const plan = new CfnUsagePlan(this, id, { apiStages: [{ apiId, stage }] });
    for (const { generation, key } of this.#keys) {
      const props = { keyId: key.ref, keyType: 'API_KEY', usagePlanId: plan.ref };
      new CfnUsagePlanKey(this, `${id}Key${generation}`, props);
    }
  }
}
