import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';

const MAC_BYTES = 16;

/**
 * Signs the cursors of a list, so that each is valid only for the person and the request that received it.
 *
 * @param binding the values that must be the same in the next request: the person, the operation, the filters
 */
export function cursorSigner(secret: string, binding: unknown) {
  const macOf = (cursor: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([binding, cursor]))
      .digest()
      .subarray(0, MAC_BYTES);
  return {
    sign: (cursor: string): string => `${cursor}.${macOf(cursor).toString('base64url')}`,

    /** @throws DomainError BAD_REQUEST for a cursor that was not issued for this list to this person */
    verify: (signed: string): string => {
      const [cursor = '', sign = ''] = signed.split('.');
      const given = Buffer.from(sign, 'base64url');
      if (given.length === MAC_BYTES && timingSafeEqual(given, macOf(cursor))) return cursor;
      throw new DomainError('BAD_REQUEST', 'Validation failed', {
        details: ['cursor is not one that this list gave to you'],
      });
    },
  };
}
