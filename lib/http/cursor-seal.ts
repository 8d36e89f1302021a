import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../domain/errors.ts';

const SEAL_BYTES = 16;

/**
 * Seals the cursors of a list, so that each is good only for who got it, and for what they asked.
 *
 * @param binding what must be the same when the cursor comes back: the person, the operation, the filters
 */
export function cursorSeal(secret: string, binding: unknown) {
  const sealOf = (cursor: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([binding, cursor]))
      .digest()
      .subarray(0, SEAL_BYTES);
  return {
    seal: (cursor: string): string => `${cursor}.${sealOf(cursor).toString('base64url')}`,

    /** @throws DomainError BAD_REQUEST for a cursor that was not given for this list to this person */
    open: (sealed: string): string => {
      const [cursor = '', seal = ''] = sealed.split('.');
      const given = Buffer.from(seal, 'base64url');
      if (given.length === SEAL_BYTES && timingSafeEqual(given, sealOf(cursor))) return cursor;
      throw new DomainError('BAD_REQUEST', 'Validation failed', {
        details: ['cursor is not one that this list gave to you'],
      });
    },
  };
}
