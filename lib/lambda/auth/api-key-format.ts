import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../../domain/access/api-key.ts';

/** What goes with `x-api-key`: the id by which the key is looked up, and the secret that proves it. */
interface KeyParts {
  id: string;
  secret: string;
}

/** `ng_<id>_<secret>`: with a beginning of its own, by which scanners of code find keys that someone left there. */
export const formatApiKey = ({ id, secret }: KeyParts): string => `ng_${id}_${secret}`;

/** The parts of a key, or undefined where it is none. */
export function parseApiKey(text: string): KeyParts | undefined {
  const [, id, secret] = /^ng_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}

/** A secret of 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/**
 * What is stored of a secret. Slow hashes such as bcrypt protect passwords, of which there are few enough to try them
 * all; of 256 random bits there are not, and SHA-256 is as one-way for them and costs no request any time.
 */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Whether the secret is the key's, in the same time whatever it is. */
export const matchesSecret = (secret: string, { hash }: Pick<ApiKey, 'hash'>): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
