import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../../lib/lambda/events/turns.ts';

const ENDLESS = () => Number.POSITIVE_INFINITY;

test('Messages are processed at the same time', async () => {
  const turns = new Turns(2, ENDLESS, 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  await Promise.all([turns.take(() => promise), turns.take(async () => resolve())]);
});

test('Those that must be alone begin when all others are done, one after the other, in their order', async () => {
  const turns = new Turns(4, ENDLESS, 0);
  const events: string[] = [];
  const alone = (name: string, order: number) =>
    turns.take(async () => {
      await turns.alone(order);
      events.push(`${name} begins`);
      await tick();
      events.push(`${name} ends`);
    });
  const all = Promise.all([
    alone('second', 2),
    alone('first', 1),
    turns.take(async () => {
      await tick();
      events.push('shared ends');
    }),
    turns.take(() => Promise.reject(new Error('failed'))).catch(() => events.push('shared fails')),
  ]);
  await all;
  expect(events).toEqual([
    'shared fails',
    'shared ends',
    'first begins',
    'first ends',
    'second begins',
    'second ends',
  ]);
});

test('One that is alone may wait again, behind those with a lower order', async () => {
  const turns = new Turns(2, ENDLESS, 0);
  const events: string[] = [];
  const twice = async () => {
    await turns.alone(0);
    events.push('twice, first');
    await turns.alone(5);
    events.push('twice, second');
  };
  const once = async () => {
    await turns.alone(1);
    events.push('once');
  };
  await Promise.all([turns.take(twice), turns.take(once)]);
  expect(events).toEqual(['twice, first', 'once', 'twice, second']);
});

test('None begins alone with less time than it may need, and each is told', async () => {
  let remainingMs = 70_000;
  const turns = new Turns(3, () => remainingMs, 60_000);
  const outcomes = await Promise.allSettled(
    [0, 1, 2].map((order) =>
      turns.take(async () => {
        await turns.alone(order);
        remainingMs -= 30_000;
      }),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
});
