import type { UserManager } from 'oidc-client-ts';
import { forgetUploads } from '../uploads/upload-store.ts';

/** What other tabs hear of: the subject of who has signed out. */
const CHANNEL = 'negatoscope-sign-out';
/** In this tab's storage: whose files are to be forgotten when the issuer has sent us back. */
const LEFT = 'negatoscope.left';

/** Signs out whoever is signed in, in all tabs, and leaves none of their files on a computer that others use too. */
export async function signOut(manager: UserManager): Promise<void> {
  const user = await manager.getUser();
  const subject = user?.profile.sub ?? '';
  new BroadcastChannel(CHANNEL).postMessage(subject);
  sessionStorage.setItem(LEFT, subject);
  await forgetUploads(subject).catch(() => undefined);
  // Not every issuer takes them back, and a network may be missing: they end by themselves.
  await manager.revokeTokens(['refresh_token']).catch(() => undefined);
  const { client_id, post_logout_redirect_uri = '/' } = manager.settings;
  const endsSessions = await manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
  if (endsSessions) {
    // Cognito's names beside the standard's.
    return manager.signoutRedirect({ extraQueryParams: { client_id, logout_uri: post_logout_redirect_uri } });
  }
  await manager.removeUser();
  location.assign('/');
}

/** Forgets the files of who has signed out in this tab: again, for their page went on sending until it was gone. */
export async function forgetWhoLeft(): Promise<void> {
  const subject = sessionStorage.getItem(LEFT);
  if (subject === null) return;
  await forgetUploads(subject).catch(() => undefined);
  sessionStorage.removeItem(LEFT);
}

/** Ends the session here when the same person signs out in another tab. */
export function whenSignedOutElsewhere(manager: UserManager): void {
  new BroadcastChannel(CHANNEL).onmessage = async ({ data: subject }) => {
    if ((await manager.getUser())?.profile.sub !== subject) return;
    await manager.removeUser();
    location.assign('/');
  };
}
