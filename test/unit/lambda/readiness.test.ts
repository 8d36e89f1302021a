import { expect, test } from 'vitest';
import { Readiness } from '../../../lib/lambda/readiness.ts';

test('A service is ready if all stores can be read, and what can not is named', async () => {
  const good = async () => undefined;
  const bad = async () => {
    throw new Error('no');
  };
  expect(await new Readiness({ one: good, two: good }).failing()).toEqual([]);
  expect(await new Readiness({ one: bad, two: good, three: bad }).failing()).toEqual(['one', 'three']);
});

test('A store that does not answer is not waited for', async () => {
  const start = performance.now();
  const silent = () => new Promise<never>(() => {});
  expect(await new Readiness({ one: silent, two: async () => undefined }).failing()).toEqual(['one']);
  expect(performance.now() - start).toBeLessThan(4000);
});

test('The stores are read once in five seconds, however many ask', async () => {
  let [reads, time] = [0, 0];
  const readiness = new Readiness({ one: async () => reads++ }, () => new Date(time));
  await Promise.all([readiness.failing(), readiness.failing()]);
  time = 4999;
  await readiness.failing();
  expect(reads).toBe(1);
  time = 5000;
  await readiness.failing();
  expect(reads).toBe(2);
});
