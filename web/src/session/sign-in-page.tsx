import { LanguageSelect } from '../messages/language-select.tsx';
import { text } from '../messages/text.ts';
import './sign-in-page.css';

/** The page before sign-in. */
export function SignInPage({ onSignIn }: { onSignIn: () => void }) {
  return (
    <main className="sign-in">
      <div className="card">
        <img src="/favicon.svg" alt="" width={56} height={56} />
        <h1>{text('app.name')}</h1>
        <p>{text('session.for-whom')}</p>
        <button type="button" className="button primary" onClick={onSignIn}>
          {text('session.sign-in')}
        </button>
        <LanguageSelect />
      </div>
    </main>
  );
}
