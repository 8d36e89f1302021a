import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Logger } from '../../../lib/lambda/log-lines.ts';

class Refused extends Error {
  override name = 'Refused';
  readonly code = 'CONFLICT';
  readonly details = ['one', { two: 2 }];
}

const circular: Record<string, unknown> = { name: 'itself' };
circular.self = circular;
const shared = { same: true };

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2025-12-01T10:00:00Z') });
  vi.stubEnv('POWERTOOLS_DEV', undefined);
  vi.stubEnv('TZ', undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What is written to the standard output and the standard error. */
function written(
  make: () => Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>,
  level: Level,
  details: object,
) {
  const lines: [stream: string, line: string][] = [];
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      lines.push([stream, String(chunk)]);
      return true;
    }),
  );
  make()[level]('a message', details);
  for (const spy of spies) spy.mockRestore();
  return lines;
}

type Level = 'debug' | 'info' | 'warn' | 'error';
const ours = () => new Logger();
const theirs = () => new PowertoolsLogger() as unknown as Logger;

const EVENTS: [what: string, level: Level, details: object][] = [
  ['a message alone', 'info', {}],
  ['fields', 'info', { operation: 'get-image', statusCode: 200, ms: 3, found: false, none: null, empty: '' }],
  [
    'fields that are not there',
    'warn',
    { reason: undefined, nested: { a: undefined, b: [undefined, null, ''] } },
  ],
  ['an error', 'error', { error: new TypeError('no such thing') }],
  ['an error with more', 'error', { error: new Refused('refused', { cause: new RangeError('too large') }) }],
  ['an error whose cause is none', 'error', { error: new Error('failed', { cause: { status: 503 } }) }],
  [
    'an error with a field like those of a line',
    'error',
    { error: Object.assign(new Error('x'), { level: 1 }) },
  ],
  ['a nested error', 'error', { faults: [{ error: new Error('deep') }] }],
  ['no error at all', 'error', { error: 'a text' }],
  ['large numbers', 'info', { bytes: 12n, sum: Number.NaN }],
  ['dates and maps', 'info', { at: new Date(0), map: new Map([[1, 2]]) }],
  ['what contains itself', 'warn', { circular }],
  ['the same thing twice', 'warn', { one: shared, other: shared }],
  ['a message that is not wanted', 'debug', {}],
];

describe('The lines are those of Powertools', () => {
  test.each(EVENTS)('%s', (_what, level, details) => {
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'get-image');
    const lines = written(ours, level, details);
    expect(lines).toEqual(written(theirs, level, details));
    expect(lines).toHaveLength(level === 'debug' ? 0 : 1);
  });

  test.each([
    ['of the service', {}],
    [
      'with a trace',
      { _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1' },
    ],
    ['with a trace in short', { _X_AMZN_TRACE_ID: '1-5759e988-bd862e3fe1be46a994272793' }],
    ['at the level of Lambda', { AWS_LAMBDA_LOG_LEVEL: 'WARN', LOG_LEVEL: 'DEBUG' }],
    ['at a level of Lambda alone', { AWS_LAMBDA_LOG_LEVEL: 'FATAL' }],
    ['at our level', { POWERTOOLS_LOG_LEVEL: 'DEBUG', LOG_LEVEL: 'ERROR' }],
    ['at a level by its other name', { LOG_LEVEL: 'ERROR' }],
    ['at a level that does not exist', { POWERTOOLS_LOG_LEVEL: 'LOUD' }],
  ])('%s', (_what, environment: Record<string, string>) => {
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', undefined);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    for (const level of ['debug', 'info', 'error'] as const)
      expect(written(ours, level, { a: 1 })).toEqual(written(theirs, level, { a: 1 }));
  });
});
