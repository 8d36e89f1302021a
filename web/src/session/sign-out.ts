import type { UserManager } from 'oidc-client-ts';
import { forgetRecentPatients } from '../search/recent-patients.ts';
import { forgetUploads } from '../uploads/upload-store.ts';

/**
 * The channel between tabs: sends the subject of the user who signed out. One object for both directions: this tab would receive
 * what another object of its own sends, and forget the user before the issuer ends the session.
 */
const channel = new BroadcastChannel('negatoscope-sign-out');
/** Key in this tab's storage: the user whose files are deleted after the redirect back from the issuer. */
const LEFT = 'negatoscope.left';

/** Signs the user out in all tabs, and deletes their files from a shared computer. */
export async function signOut(manager: UserManager): Promise<void> {
  const user = await manager.getUser();
  const subject = user?.profile.sub ?? '';
  channel.postMessage(subject);
  sessionStorage.setItem(LEFT, subject);
  forgetRecentPatients();
  await forgetUploads(subject).catch(() => undefined);
  // Not every issuer revokes tokens, and the network may be down: tokens expire by themselves.
  await manager.revokeTokens(['refresh_token']).catch(() => undefined);
  const { client_id, post_logout_redirect_uri = '/' } = manager.settings;
  const endsSessions = await manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
  if (endsSessions) {
    // Cognito's parameter name in addition to the standard's. It also needs `client_id`, which the library adds only without a token.
    const own = user?.id_token && { client_id };
    return manager.signoutRedirect({ extraQueryParams: { ...own, logout_uri: post_logout_redirect_uri } });
  }
  await manager.removeUser();
  location.assign('/');
}

/** Deletes the files of the user who signed out in this tab: again, because the page uploaded until it was closed. */
export async function forgetWhoLeft(): Promise<void> {
  const subject = sessionStorage.getItem(LEFT);
  if (subject === null) return;
  await forgetUploads(subject).catch(() => undefined);
  sessionStorage.removeItem(LEFT);
}

/** Ends the session in this tab when the same user signs out in another tab. */
export function whenSignedOutElsewhere(manager: UserManager): void {
  channel.onmessage = async ({ data: subject }) => {
    if ((await manager.getUser())?.profile.sub !== subject) return;
    forgetRecentPatients();
    await manager.removeUser();
    location.assign('/');
  };
}
