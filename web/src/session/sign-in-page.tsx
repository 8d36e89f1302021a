import './sign-in-page.css';

/** The page before sign-in. */
export function SignInPage({ onSignIn }: { onSignIn: () => void }) {
  return (
    <main className="sign-in">
      <div className="card">
        <img src="/favicon.svg" alt="" width={56} height={56} />
        <h1>Negatoscope</h1>
        <p>The clinic’s images, for those who may see them.</p>
        <button type="button" className="button primary" onClick={onSignIn}>
          Sign in
        </button>
      </div>
    </main>
  );
}
