import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { loadPageConfig } from '../page-config.ts';

/** Where and how people sign in, as the stack says. */
export async function makeUserManager(): Promise<UserManager> {
  const { issuer, clientId, scope } = await loadPageConfig();
  const home = `${location.origin}/`;
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    scope,
    redirect_uri: home,
    post_logout_redirect_uri: home,
    // Of this tab: it outlives a reload, and another tab may be another person's.
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    // Ours renews one at a time: some issuers end the session of who uses a refresh token twice.
    automaticSilentRenew: false,
    accessTokenExpiringNotificationTimeInSeconds: 120,
  });
}
