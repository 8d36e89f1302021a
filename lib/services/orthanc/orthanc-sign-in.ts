import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

const Credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** For how long a password that was changed is still sent. */
const MAXIMUM_AGE_MS = 5 * 60_000;

/** The credentials for Orthanc: a secret of Secrets Manager, read when needed, so that a new password needs no deployment. */
export class OrthancSignIn {
  readonly #secret: string;
  #read: { at: number; auth: Promise<string> } | undefined;

  /** @param secret the name of the secret, which has `username` and `password` */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @returns `name:password` */
  auth(now = Date.now()): Promise<string> {
    if (this.#read && now - this.#read.at < MAXIMUM_AGE_MS) return this.#read.auth;
    const auth = this.#fetch();
    this.#read = { at: now, auth };
    // A failure is not kept.
    auth.catch(() => {
      this.#read = undefined;
    });
    return auth;
  }

  async #fetch(): Promise<string> {
    const command = new GetSecretValueCommand({ SecretId: this.#secret });
    const { SecretString = '' } = await new SecretsManagerClient().send(command);
    const { username, password } = Credentials.parse(JSON.parse(SecretString));
    return `${username}:${password}`;
  }
}
