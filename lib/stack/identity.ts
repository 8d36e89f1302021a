import {
  CfnManagedLoginBranding,
  ClientAttributes,
  OAuthScope,
  UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Aws, Duration, Lazy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { PageConfig } from '../api/page-config.ts';
import { CLI_REDIRECT_URI } from '../domain/access/cli-redirect.ts';
import type { People } from './people.ts';
import type { Settings } from './settings.ts';

/** The issuer of the tokens, and the page's client there: the user pool, unless the clinic has an issuer of its own. */
export class Identity extends Construct {
  /** The stack outputs that people need to sign in. */
  outputs: Readonly<Record<string, string>> = {};
  /** The environment in which the authorizer verifies tokens. */
  readonly environment: { TOKEN_ISSUER: string; TOKEN_AUDIENCE: string; TOKEN_JWKS_URI: string };

  /** The page's configuration for sign-in. It contains no secrets. */
  readonly forPage: Pick<PageConfig, 'issuer' | 'clientId' | 'scope' | 'prompt'>;
  /** The origins to which the page sends requests during sign-in. */
  readonly origins: readonly string[];
  #pageUrl: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    people: People | NonNullable<Settings['oidc']>,
    ohifUrl?: string,
  ) {
    super(scope, id);
    const {
      issuer,
      audience,
      jwksUri,
      scope: scopes,
      prompt,
      origins,
    } = 'pool' in people ? this.#client(people, ohifUrl) : externalIssuer(people);
    this.environment = { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, TOKEN_JWKS_URI: jwksUri };
    this.forPage = { issuer, clientId: audience, scope: scopes, prompt };
    this.origins = origins;
  }

  /** Sets the page's URL for the redirects after sign-in and sign-out. */
  returnTo(pageUrl: string): void {
    this.#pageUrl = pageUrl;
  }

  #client({ pool, domain }: People, ohifUrl: string | undefined) {
    const ofOhif = (path: string) => (ohifUrl ? [`${ohifUrl}${path}`] : []);
    const client = new UserPoolClient(this, 'Web', {
      userPool: pool,
      // With SRP, passwords do not leave the browser. The other flow is for tools with AWS credentials.
      authFlows: { userSrp: true, adminUserPassword: true },
      // The flow of the page and of the command line: authorization code with PKCE, at the pool's own sign-in page.
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: Lazy.list({
          produce: () => [`${this.#pageUrl}/`, CLI_REDIRECT_URI, ...ofOhif('/callback')],
        }),
        logoutUrls: Lazy.list({ produce: () => [`${this.#pageUrl}/`, ...ofOhif('/')] }),
      },
      preventUserExistenceErrors: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      // Only the clinic may set a user's patient id, not the user.
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, fullname: true })
        .withCustomAttributes('patient_id'),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
    // Without a style, Cognito shows no sign-in page.
    new CfnManagedLoginBranding(this, 'SignInStyle', {
      userPoolId: pool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    const { userPoolProviderUrl: issuer } = pool;
    const { userPoolClientId: audience } = client;
    this.outputs = { UserPoolClientId: audience };
    return {
      issuer,
      audience,
      jwksUri: `${issuer}/.well-known/jwks.json`,
      scope: 'openid email profile',
      prompt: 'login',
      origins: [`https://cognito-idp.${Aws.REGION}.amazonaws.com`, domain.baseUrl()],
    };
  }
}

/** The clinic's own issuer. Most issuers return a refresh token only for the scope `offline_access`. */
const externalIssuer = (oidc: NonNullable<Settings['oidc']>) => ({
  ...oidc,
  scope: 'openid email profile offline_access',
  origins: [new URL(oidc.issuer).origin],
});
