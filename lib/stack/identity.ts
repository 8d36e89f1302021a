import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnUserPoolGroup, ClientAttributes, Mfa, StringAttribute, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { GROUPS } from '../domain/caller.ts';
import type { Settings } from './settings.ts';

/** Who signs the tokens: the stack's own Cognito user pool, unless the clinic has an issuer of its own. */
export class Identity extends Construct {
  /** What people need to sign in. */
  outputs: Readonly<Record<string, string>> = {};
  /** What the authorizer must know to verify tokens. */
  readonly environment: { TOKEN_ISSUER: string; TOKEN_AUDIENCE: string; TOKEN_JWKS_URI: string };

  constructor(scope: Construct, id: string, { oidc }: Settings) {
    super(scope, id);
    const { issuer, audience, jwksUri } = oidc ?? this.#userPool();
    this.environment = { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, TOKEN_JWKS_URI: jwksUri };
  }

  #userPool() {
    const pool = new UserPool(this, 'People', {
      selfSignUpEnabled: false,
      signInAliases: { username: true, email: true },
      standardAttributes: { email: { required: true, mutable: true } },
      customAttributes: { patient_id: new StringAttribute({ minLen: 1, maxLen: 64, mutable: true }) },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const groupName of Object.keys(GROUPS)) {
      new CfnUserPoolGroup(this, groupName, { userPoolId: pool.userPoolId, groupName });
    }
    const client = pool.addClient('Web', {
      // Without the passwords leaving the browser; the other one is for tools with AWS credentials.
      authFlows: { userSrp: true, adminUserPassword: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      // Whose patient someone is says the clinic, and nobody of themselves.
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true })
        .withCustomAttributes('patient_id'),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
    const { userPoolId, userPoolProviderUrl: issuer } = pool;
    const { userPoolClientId: audience } = client;
    this.outputs = { UserPoolId: userPoolId, UserPoolClientId: audience };
    return { issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` };
  }
}
