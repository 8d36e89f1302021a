import type { Operation } from '../api/operation.ts';
import { Allowances } from '../data/allowances.ts';
import { connectTable } from '../data/table.ts';
import { type Allowance, allowancesOf, rateHeaders } from '../domain/allowance.ts';
import type { Caller } from '../domain/caller.ts';
import { DomainError } from '../domain/errors.ts';
import { logger, type Middleware } from './answer.ts';
import { environment } from './environment.ts';
import { callerOf } from './request.ts';

/**
 * Counts what a caller asks for beside their requests.
 *
 * @throws DomainError TOO_MANY_REQUESTS
 */
export function pacing(rated: Pick<Operation, 'rate' | 'timeoutSeconds'>) {
  const allowances = new Allowances(connectTable(environment.requestsTableName));
  const wanted = allowancesOf(rated, environment.limits);
  return async ({ subject }: Caller): Promise<void> => {
    if (wanted.length > 0) await allowances.take(subject, wanted, new Date());
  };
}

/**
 * Counts a request against its caller's allowances, before anything of it is read.
 *
 * When their table fails, uploads are refused, for who floods us then would fill the bucket; all else goes on.
 */
export function limiting(operation: Operation): Middleware[] {
  if (operation.rate === 'none' || operation.auth === 'public') return [];
  const { auth: roles } = operation;
  let connected: { allowances: Allowances; wanted: Allowance[] } | undefined;
  const connect = () => ({
    allowances: new Allowances(connectTable(environment.requestsTableName)),
    wanted: allowancesOf(operation, environment.limits),
  });

  const giveBack: Middleware['after'] = async ({ internal: { taken } }) => {
    if (!taken) return;
    await connected?.allowances
      .giveBack(taken.subject, taken)
      // They come back by themselves when their time is up.
      .catch((error: unknown) => logger.warn('a slot is not given back', { error: error as Error }));
  };
  return [
    {
      before: async ({ event, internal }) => {
        connected ??= connect();
        const { allowances, wanted } = connected;
        if (wanted.length === 0) return;
        const { subject } = callerOf(event, roles);
        const now = new Date();
        const taken = await allowances.take(subject, wanted, now).catch((error: unknown) => {
          if (error instanceof DomainError) throw error;
          logger.error('allowances can not be counted', { error: error as Error });
          if (operation.rate === 'metadata') return undefined;
          throw new DomainError('SERVICE_UNAVAILABLE', 'Uploads can not be taken at the moment.', {
            headers: { 'retry-after': '5' },
            cause: error,
          });
        });
        if (!taken) return;
        internal.taken = { subject, ...taken };
        internal.headers = rateHeaders(wanted, taken.slots, now);
      },
      after: giveBack,
      onError: giveBack,
    },
  ];
}
