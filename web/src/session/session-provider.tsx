import { ErrorResponse, type User, type UserManager } from 'oidc-client-ts';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { setTokens } from '../api/client.ts';
import { LANGUAGE } from '../messages/language.ts';
import { setOwnTexts, text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { type Person, personOf } from './person.ts';
import { SignInPage } from './sign-in-page.tsx';
import { forgetWhoLeft, signOut, whenSignedOutElsewhere } from './sign-out.ts';
import { makeUserManager } from './user-manager.ts';

interface Session {
  person: Person;
  signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** The signed-in user. May be used only below {@link SessionProvider}. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Nobody is signed in here.');
  return session;
}

/** Signs users in, renews their token, and renders its children for a signed-in user. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [manager, setManager] = useState<UserManager>();
  const [user, setUser] = useState<User | null>();
  const [failure, setFailure] = useState<string>();

  useEffect(() => {
    start().then(
      ([made, found]) => {
        made.events.addUserLoaded(setUser);
        made.events.addUserUnloaded(() => setUser(null));
        const renewOrEnd = () => void renew(made).catch(endIfRefused);
        // Without a network the issuer can't refuse the token: the user stays signed in.
        const endIfRefused = (error: unknown) => {
          if (error instanceof ErrorResponse) setUser(null);
          else window.addEventListener('online', renewOrEnd, { once: true });
        };
        made.events.addAccessTokenExpiring(renewOrEnd);
        made.events.addAccessTokenExpired(renewOrEnd);
        whenSignedOutElsewhere(made);
        setTokens({
          current: async () => (await made.getUser())?.id_token,
          renewed: async () => (await renew(made))?.id_token,
        });
        const patientTexts = pageConfig().clinic.patientTexts[LANGUAGE];
        if (patientTexts && found && personOf(found.profile)?.role === 'patient') setOwnTexts(patientTexts);
        setManager(made);
        setUser(found);
      },
      (error) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  }, []);

  const person = useMemo(() => (user ? personOf(user.profile) : undefined), [user]);
  const session = useMemo(
    () => person && manager && { person, signOut: () => void signOut(manager) },
    [person, manager],
  );

  if (failure) {
    return (
      <main className="page">
        <Message title={text('session.failed')} tone="bad">
          {failure}
        </Message>
        <a className="button primary" href="/">
          {text('parts.try-again')}
        </a>
      </main>
    );
  }
  if (!manager || user === undefined) return <Spinner label={text('session.signing-in')} />;
  if (!user) return <SignInPage onSignIn={() => signIn(manager)} />;
  if (!session) {
    return (
      <main className="page">
        <Message title={text('session.nothing-yet')} tone="bad">
          {text('session.no-group')}
        </Message>
        <button type="button" className="button" onClick={() => void signOut(manager)}>
          {text('top-bar.sign-out')}
        </button>
      </main>
    );
  }
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Once per page load: a code can be redeemed once, and React runs effects twice in development. */
let started: Promise<[UserManager, User | null]> | undefined;
function start(): Promise<[UserManager, User | null]> {
  started ??= begin();
  return started;
}

async function begin(): Promise<[UserManager, User | null]> {
  const manager = await makeUserManager();
  await forgetWhoLeft();
  const query = new URLSearchParams(location.search);
  if (query.has('state') && (query.has('code') || query.has('error'))) {
    const user = await manager.signinCallback();
    // In the hidden frame of a renewal, which the page that opened it removes.
    if (!user) return new Promise(() => undefined);
    const back = typeof user.state === 'string' ? user.state : '/';
    history.replaceState(null, '', back);
    return [manager, user];
  }
  const user = await manager.getUser();
  return [manager, user?.expired ? await renew(manager).catch(() => null) : user];
}

/** One renewal at a time: a refresh token may be valid for one use only. */
let renewal: Promise<User | null> | undefined;
function renew(manager: UserManager): Promise<User | null> {
  renewal ??= manager.signinSilent().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

/** Always asks who it is: the issuer may still have the session of the previous user. */
const signIn = (manager: UserManager) =>
  manager.signinRedirect({ state: `${location.pathname}${location.search}`, prompt: pageConfig().prompt });
