import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { stateDirectory } from '../state-directory.ts';

const SignIn = z.object({ issuer: z.url(), clientId: z.string(), refreshToken: z.string() });
/**
 * What is kept of a sign-in. The issuer and the client are those that gave the refresh token: no other issuer gets it, whatever the
 * service names later.
 */
export type SignIn = z.infer<typeof SignIn>;

/** The file with a person's sign-in to one service. Only the user of this computer may read it. */
export class StoredSignIn {
  readonly path: string;

  constructor(service: URL) {
    const name = createHash('sha256').update(service.href.replace(/\/$/, '')).digest('hex').slice(0, 32);
    this.path = path.join(stateDirectory(), `sign-in-${name}.json`);
  }

  /** Returns the sign-in; undefined if nobody is signed in, or if the file is damaged. */
  read(): SignIn | undefined {
    try {
      return SignIn.parse(JSON.parse(readFileSync(this.path, 'utf8')));
    } catch (error) {
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (isAbsent || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
      throw error;
    }
  }

  /** Replaces the file as a whole: another command may read it at the same time. */
  write(signIn: SignIn): void {
    const part = `${this.path}.${process.pid}`;
    rmSync(part, { force: true });
    writeFileSync(part, JSON.stringify(signIn), { mode: 0o600, flag: 'wx' });
    renameSync(part, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}
