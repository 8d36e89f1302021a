import { describe, expect, test } from 'vitest';
import { parseFaults } from '../../../lib/local/faults/fault-list.ts';
import { type Call, Faults } from '../../../lib/local/faults/faults.ts';

describe('A list of faults', () => {
  test('has a seed, a time and faults with frequencies and conditions', () => {
    const list = parseFaults(
      'seed=7, clock=+3d, throttling=0.05@dynamodb:PutItem+table:Audit+function:put-image, delay=0.5:2s@s3,',
    );
    expect(list).toEqual({
      seed: 7,
      clockMs: 3 * 24 * 60 * 60 * 1000,
      faults: [
        {
          name: 'throttling',
          text: 'throttling=0.05@dynamodb:PutItem+table:Audit+function:put-image',
          frequency: { probability: 0.05 },
          conditions: { table: 'Audit', function: 'put-image' },
          calls: ['dynamodb:PutItem'],
        },
        {
          name: 'delay',
          text: 'delay=0.5:2s@s3',
          frequency: { probability: 0.5 },
          conditions: {},
          sources: ['s3'],
          delayMs: 2000,
        },
      ],
    });
  });

  test.each([
    ['kill=f@after:dynamodb:TransactWriteItems', 'kill-after', { nth: 1 }],
    ['kill=delete-image@before:s3:PutObject#2', 'kill-before', { nth: 2 }],
    ['kill=f@after:sqs:SendMessage=0.1', 'kill-after', { probability: 0.1 }],
  ])('kills a function: %s', (text, name, frequency) => {
    expect(parseFaults(text).faults).toMatchObject([{ name, frequency }]);
  });

  test('applies a fault to the calls that can have it, and to those of the named resource only', () => {
    expect(parseFaults('transaction-conflict=1').faults).toMatchObject([
      { calls: expect.not.arrayContaining(['dynamodb:GetItem', 'dynamodb:BatchWriteItem']) },
    ]);
    expect(parseFaults('throttling=1@bucket:Objects').faults).toMatchObject([
      { calls: expect.not.arrayContaining(['dynamodb:GetItem']) },
    ]);
  });

  test('may be empty', () => {
    expect(parseFaults(' ').faults).toEqual([]);
  });

  test.each([
    ['thunder=1', /"thunder=1": expected one of seed, clock, kill, throttling, /],
    ['throttling', /expected a probability from 0 to 1, or #<n>/],
    ['throttling=2', /expected a probability/],
    ['throttling=#0', /expected a probability/],
    ['throttling=1@ftp', /ftp is none of its calls: dynamodb:BatchGetItem/],
    ['throttling=1@dynamodb:PutThing', /dynamodb:PutThing is none of its calls/],
    ['truncated-body=1@s3:PutObject', /is none of its calls: s3:GetObject/],
    ['truncated-body=1@table:Audit', /dynamodb has tables/],
    ['throttling=1@s3+dynamodb', /expected s3 or dynamodb, in two faults/],
    ['throttling=1:5s', /only a delay has a duration/],
    ['delay=1:soon', /expected a duration such as/],
    ['loss=1@sqs', /its sources are s3 \(AWS delivers from queues and streams at least once\)/],
    ['loss=1@stream', /at least once/],
    ['duplicate=1@table:Audit', /those of streams by @stream\+table:/],
    ['kill=f', /expected kill=<function>@<before\|after>/],
    ['kill=f@during:s3:PutObject', /expected kill=/],
    ['kill=f@after:s3:Explode', /s3:Explode is none of its calls/],
    ['kill-after=1', /expected one of/],
    ['seed=x', /at most 9 digits/],
    ['clock=tomorrow', /expected a duration/],
  ])('is refused: %s', (text, message) => {
    expect(() => parseFaults(text)).toThrow(message);
    expect(() => parseFaults(text)).toThrow(expect.objectContaining({ name: 'StartError' }));
  });
});

const faultsOf = (list: string, log: (line: string) => void = () => undefined) =>
  new Faults(
    {
      functionIds: ['f', 'g'],
      tables: ['Table1', 'AuditTable2'],
      buckets: ['objects'],
      queues: ['Arrivals'],
      kill: () => undefined,
      log,
    },
    list,
  );
const put: Call = {
  service: 'dynamodb',
  action: 'PutItem',
  functionId: 'f',
  userAgent: 'aws-sdk-js/3 app/instance-4',
  tables: ['AuditTable2'],
};
const times = (faults: Faults, call: Call) =>
  Array.from({ length: 200 }, () => faults.of(call) !== undefined);

describe('Faults', () => {
  test('happen again with the same seed, and otherwise with another', () => {
    const run = (seed: number) => times(faultsOf(`seed=${seed},throttling=0.2`), put);
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    expect(run(7).filter(Boolean).length).toBeGreaterThan(20);
    expect(run(7).filter(Boolean).length).toBeLessThan(60);
  });

  test('of one kind do not depend on other calls', () => {
    const alone = times(faultsOf('seed=7,throttling=0.2@dynamodb'), put);
    const among = faultsOf('seed=7,throttling=0.2@dynamodb,internal-error=0.5@s3');
    const mixed = Array.from({ length: 200 }, () => {
      among.of({ ...put, service: 's3', action: 'PutObject' });
      return among.of(put) !== undefined;
    });
    expect(mixed).toEqual(alone);
  });

  test('happen at the n-th call only', () => {
    expect(times(faultsOf('throttling=#3'), put).flatMap((hit, index) => (hit ? [index] : []))).toEqual([2]);
  });

  test('happen at the named table, function, bucket and signed URLs only', () => {
    expect(faultsOf('throttling=1@table:audit').of(put)?.name).toBe('throttling');
    expect(faultsOf('throttling=1@table:Table1').of(put)).toBeUndefined();
    expect(faultsOf('throttling=1@function:g').of(put)).toBeUndefined();
    const get: Call = { ...put, service: 's3', action: 'GetObject', bucket: 'objects', userAgent: 'Mozilla' };
    expect(faultsOf('throttling=1@bucket:Objects').of(get)?.name).toBe('throttling');
    expect(faultsOf('throttling=1@signed-url').of(get)).toBeUndefined();
    expect(faultsOf('throttling=1@signed-url').of({ ...get, hasSignedUrl: true })?.name).toBe('throttling');
  });

  test('of a function happen to its own processes only, not to those who have its signed URLs', () => {
    const faults = faultsOf('kill=f@before:dynamodb:PutItem');
    expect(faults.of({ ...put, userAgent: 'curl' })).toBeUndefined();
    expect(faults.of({ ...put, userAgent: 'Mozilla', hasSignedUrl: true })).toBeUndefined();
    expect(faults.of(put)?.name).toBe('kill-before');
  });

  test('are counted, and each has a line in the log', () => {
    const lines: string[] = [];
    const faults = faultsOf('seed=1,throttling=#1', (line) => lines.push(line));
    times(faults, put);
    expect(faults.counts()).toEqual({ throttling: 1 });
    expect(lines).toEqual([
      'faults: seed=1,throttling=#1',
      'fault throttling: f at dynamodb:PutItem on AuditTable2',
    ]);
  });

  test('end with the empty list, and keep their counts', () => {
    const faults = faultsOf('throttling=1');
    faults.of(put);
    faults.set('');
    expect(faults.any).toBe(false);
    expect(faults.of(put)).toBeUndefined();
    expect(faults.counts()).toEqual({ throttling: 1 });
  });

  test('that name no part of the stack are refused, and those before are kept', () => {
    const faults = faultsOf('throttling=1');
    for (const list of ['throttling=1@function:h', 'throttling=1@table:Orders', 'loss=1@queue:Orders']) {
      expect(() => faults.set(list)).toThrow(/names no (function|table|queue) of/);
    }
    expect(() => faults.set('clock=1d')).toThrow(/clock\.advance/);
    expect(faults.of(put)?.name).toBe('throttling');
  });

  test('lose, double and delay messages', () => {
    const message = { source: 's3', queue: 'Arrivals' } as const;
    expect(faultsOf('').deliveries(message)).toEqual([0]);
    expect(faultsOf('loss=1').deliveries(message)).toEqual([]);
    expect(faultsOf('duplicate=1').deliveries(message)).toEqual([0, 0]);
    expect(faultsOf('duplicate=1').deliveries({ ...message, source: 'sqs' })).toEqual([0]);
    expect(faultsOf('delay=1:3s@queue:arrivals').deliveries(message)).toEqual([3000]);
    const [heldBack = 0] = faultsOf('reordering=1').deliveries(message);
    expect(heldBack).toBeGreaterThan(0);
    expect(heldBack).toBeLessThanOrEqual(1000);
  });
});
