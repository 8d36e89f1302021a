import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../../domain/access/api-key.ts';

/** The parts of the `x-api-key` header: the id by which the key is looked up, and the secret that authenticates it. */
interface KeyParts {
  id: string;
  secret: string;
}

/** `ng_<id>_<secret>`: secret scanners find keys in source code by this prefix. */
export const formatApiKey = ({ id, secret }: KeyParts): string => `ng_${id}_${secret}`;

/** Parses an API key. Returns undefined if it is malformed. */
export function parseApiKey(text: string): KeyParts | undefined {
  const [, id, secret] = /^ng_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}

/** A secret of 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/**
 * The stored hash of a secret. Slow hashes such as bcrypt protect passwords, which can be guessed. 256 random bits
 * can't, so SHA-256 is as safe for them and does not delay requests.
 */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Whether the secret is the key's, compared in constant time. */
export const matchesSecret = (secret: string, { hash }: Pick<ApiKey, 'hash'>): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
