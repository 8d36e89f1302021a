import type { Operation } from '../../api/operation.ts';
import { connectTable } from '../../data/dynamodb/table.ts';
import { RateLimits } from '../../data/rate-limits.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { DomainError } from '../../domain/errors.ts';
import { type RateLimit, rateHeaders, rateLimitsOf } from '../../domain/limits/rate-limit.ts';
import { environment } from '../environment.ts';
import { callerOf } from '../http/request.ts';
import { logger, type Middleware } from '../http/response.ts';

/**
 * Counts work within a request, such as a new copy of an image, against the caller's rate limit.
 *
 * @throws DomainError TOO_MANY_REQUESTS
 */
export function rateLimiter(rated: Pick<Operation, 'rate' | 'timeoutSeconds'>) {
  const rateLimits = new RateLimits(connectTable(environment.requestsTableName));
  const wanted = rateLimitsOf(rated, environment.limits);
  return async ({ subject }: Caller): Promise<void> => {
    if (wanted.length > 0) await rateLimits.acquire(subject, wanted, new Date());
  };
}

/**
 * Counts a request against its caller's rate limits, before its body is read.
 *
 * If the table of rate limits fails, uploads are refused, because unlimited uploads would fill the bucket. All other
 * requests are served.
 */
export function rateLimitMiddleware(operation: Operation): Middleware[] {
  if (operation.rate === 'none' || operation.auth === 'public') return [];
  let connected: { rateLimits: RateLimits; wanted: RateLimit[] } | undefined;
  const connect = () => ({
    rateLimits: new RateLimits(connectTable(environment.requestsTableName)),
    wanted: rateLimitsOf(operation, environment.limits),
  });

  const release: Middleware['after'] = async ({ internal: { acquired } }) => {
    if (!acquired) return;
    await connected?.rateLimits
      .release(acquired.subject, acquired)
      // A failure is only logged, because slots expire.
      .catch((error: unknown) => logger.warn('a slot is not given back', { error: error as Error }));
  };
  return [
    {
      before: async ({ event, internal }) => {
        connected ??= connect();
        const { rateLimits, wanted } = connected;
        if (wanted.length === 0) return;
        const { subject } = callerOf(event, operation);
        const now = new Date();
        const acquired = await rateLimits.acquire(subject, wanted, now).catch((error: unknown) => {
          if (error instanceof DomainError) throw error;
          logger.error('allowances can not be counted', { error: error as Error });
          if (operation.rate === 'metadata') return undefined;
          throw new DomainError('SERVICE_UNAVAILABLE', 'Uploads can not be taken at the moment.', {
            headers: { 'retry-after': '5' },
            cause: error,
          });
        });
        if (!acquired) return;
        internal.acquired = { subject, ...acquired };
        internal.headers = rateHeaders(wanted, acquired.slots, now);
      },
      after: release,
      onError: release,
    },
  ];
}
