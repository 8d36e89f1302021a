/** What both ways to sign in need. */
export interface SignInOptions {
  scope: string;
  /** Tells the person what to do. */
  tell: (text: string) => void;
  signal: AbortSignal;
}
