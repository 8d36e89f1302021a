import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { loadPageConfig } from '../page-config.ts';

/** The OIDC client, configured by the stack. */
export async function makeUserManager(): Promise<UserManager> {
  const { issuer, clientId, scope } = await loadPageConfig();
  const home = `${location.origin}/`;
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    scope,
    redirect_uri: home,
    post_logout_redirect_uri: home,
    // Per tab: it survives a reload, and another tab may belong to another user.
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    // We renew one token at a time: some issuers end the session if a refresh token is used twice.
    automaticSilentRenew: false,
    accessTokenExpiringNotificationTimeInSeconds: 120,
  });
}
