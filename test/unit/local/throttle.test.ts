import { describe, expect, test } from 'vitest';
import { Throttle } from '../../../lib/local/api-gateway/throttle.ts';
import { AddressRate } from '../../../lib/local/waf/address-rate.ts';

const clockAt = (start = 0) => {
  const clock = { ms: start, now: () => clock.ms };
  return clock;
};
const admitted = (throttle: Throttle, requests: number) =>
  Array.from({ length: requests }, () => throttle.admits()).filter(Boolean).length;

describe('The throttle of a stage', () => {
  test('admits a burst, and then the rate', () => {
    const clock = clockAt();
    const throttle = new Throttle({ perSecond: 10, burst: 20 }, clock);
    expect(admitted(throttle, 50)).toBe(20);
    clock.ms += 1000;
    expect(admitted(throttle, 50)).toBe(10);
    clock.ms += 60_000;
    expect(admitted(throttle, 50)).toBe(20);
  });

  test('admits everything if the template sets none', () => {
    expect(admitted(new Throttle(undefined, clockAt()), 50)).toBe(50);
  });
});

describe('The rate rule', () => {
  const rule = {
    Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
    Statement: {
      RateBasedStatement: {
        Limit: 10,
        EvaluationWindowSec: 300,
        CustomKeys: [{ Header: { Name: 'x-viewer-address' } }, { Header: { Name: 'x-api-key' } }],
      },
    },
  };
  const from = (address: string, key = 'k') => ({ 'x-viewer-address': address, 'x-api-key': key });

  test('blocks the address that sends too much, as long as it does, and no other', () => {
    const clock = clockAt();
    const rate = new AddressRate(rule, clock);
    const send = (address: string) => rate.blocks(from(address));
    expect(Array.from({ length: 12 }, () => send('192.0.2.1'))).toEqual([
      ...Array(10).fill(undefined),
      429,
      429,
    ]);
    expect(send('192.0.2.2')).toBeUndefined();
    // Past CloudFront: an invented key does not use up the share of the address.
    expect(rate.blocks(from('192.0.2.1', 'invented'))).toBeUndefined();
    clock.ms += 301_000;
    expect(send('192.0.2.1')).toBeUndefined();
  });
});
