import { expect, test } from 'vitest';
import { AccountConcurrency, ThrottledInvocation } from '../../../lib/local/lambda/account-concurrency.ts';

test('Invocations above the limit are throttled until one has ended', () => {
  const concurrency = new AccountConcurrency(2);
  const end = concurrency.begin();
  concurrency.begin();
  expect(() => concurrency.begin()).toThrow(ThrottledInvocation);
  end();
  end();
  concurrency.begin();
  expect(() => concurrency.begin()).toThrow(ThrottledInvocation);
});

test('An event waits for its turn', async () => {
  const concurrency = new AccountConcurrency(1);
  const end = concurrency.begin();
  let hasBegun = false;
  const later = concurrency.beginLater().then(() => {
    hasBegun = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(hasBegun).toBe(false);
  end();
  await later;
  expect(() => concurrency.begin()).toThrow(ThrottledInvocation);
});
