import { afterEach, expect, test, vi } from 'vitest';
import { Schedules } from '../../../lib/local/eventbridge/schedules.ts';
import type { LambdaFunction } from '../../../lib/local/lambda/lambda.ts';
import { Template } from '../../../lib/local/template.ts';

const schedulesOf = (properties: object, invoked: () => void = () => {}) =>
  new Schedules(
    new Template(
      { Service: { Resources: { Clock: { Type: 'AWS::Events::Rule', Properties: properties } } } },
      new Map(),
      'http://localhost:3000',
    ),
    () => ({ invoke: async () => invoked() }) as unknown as LambdaFunction,
    () => {},
  );
const Targets = [{ Id: 'Target0', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' }];

afterEach(() => void vi.useRealTimers());

test.each([
  ['rate(1 minute)', 60],
  ['rate(2 hours)', 7200],
])('%s calls its function at the same interval', (ScheduleExpression, seconds) => {
  vi.useFakeTimers();
  let calls = 0;
  const schedules = schedulesOf({ ScheduleExpression, Targets }, () => void calls++);
  vi.advanceTimersByTime(seconds * 2000 + 1);
  expect(calls).toBe(2);
  schedules.close();
  vi.advanceTimersByTime(seconds * 2000);
  expect(calls).toBe(2);
});

test('A disabled rule calls no function', async () => {
  let calls = 0;
  const off = { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', Targets };
  await schedulesOf(off, () => void calls++).tick();
  expect(calls).toBe(0);
});

test('A schedule that the local stack does not support is refused, not left out', () => {
  expect(() => schedulesOf({ ScheduleExpression: 'cron(0 12 * * ? *)', Targets })).toThrow(/cron\(0 12/);
});
