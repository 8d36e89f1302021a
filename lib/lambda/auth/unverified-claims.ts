import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import * as z from 'zod';
import { TOKEN_BYTES } from '../../domain/access/token-policy.ts';

const Unverified = z.object({
  sub: z.string().min(1).max(128).optional().catch(undefined),
  exp: z.number().optional().catch(undefined),
});

/** Whom a refused token names, and until when. Anybody can write both into a token: they are for the log only. */
export function unverifiedClaimsOf(token: string): z.infer<typeof Unverified> {
  if (token.length > TOKEN_BYTES) return {};
  try {
    return Unverified.parse(decomposeUnverifiedJwt(token).payload);
  } catch {
    return {};
  }
}
