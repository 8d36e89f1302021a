import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const CLIENT_ID = 'images';

/** People by their names: anybody signs in with any password. */
const PEOPLE: Record<string, object> = {
  dana: { name: 'Dana Doctor', groups: ['doctors'] },
  paula: { name: 'Paula Patient', groups: ['patients'], 'custom:patient_id': 'P-1001' },
};

/** Tokens that the page has to renew after a few seconds: it does so two minutes before they expire. */
const TOKEN_SECONDS = 126;

/** An issuer by the package `oidc-provider`, which keeps to OpenID Connect Core to the letter. */
export class OpenIdProvider {
  readonly #server = createServer((request, response) => this.#listener?.(request, response));
  #listener: RequestListener | undefined;
  /** The grant types of the tokens that it has given, in their order. */
  readonly grants: string[] = [];

  get issuer(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The setting `oidc` of the stack. */
  get setting() {
    return {
      issuer: this.issuer,
      audience: CLIENT_ID,
      jwksUri: `${this.issuer}/jwks`,
      prompt: 'login' as const,
    };
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Registers the page as its client. */
  register(home: string): void {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT_ID,
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          redirect_uris: [home],
          post_logout_redirect_uris: [home],
        },
      ],
      claims: { openid: ['sub', 'groups', 'custom:patient_id'], profile: ['name'], email: ['email'] },
      // Otherwise the claims are in the answer of `userinfo` alone.
      conformIdTokenClaims: false,
      findAccount: (_context: unknown, accountId: string) => ({
        accountId,
        claims: () => ({ sub: accountId, email: `${accountId}@clinic.example`, ...PEOPLE[accountId] }),
      }),
      clientBasedCORS: () => true,
      cookies: { keys: ['a key of this test'] },
      features: { revocation: { enabled: true } },
      ttl: {
        AccessToken: TOKEN_SECONDS,
        IdToken: TOKEN_SECONDS,
        Session: 3600,
        Grant: 3600,
        Interaction: 600,
      },
    });
    provider.on('grant.success', ({ oidc }) => this.grants.push(`${oidc.params?.grant_type}`));
    this.#listener = provider.callback();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
