import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { handle as authorize } from '../../../functions/authorizers/authorizer/handler.ts';
import { handle as authorizeConnection } from '../../../functions/sockets/authorize-connection/handler.ts';
import { EVENTS_PER_NAME, EVENTS_PER_PROCESS, Refusals } from '../../../lib/data/refusals.ts';
import type { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import { formatApiKey, hashSecret, newSecret } from '../../../lib/lambda/auth/api-key-format.ts';
import { Unauthorized } from '../../../lib/lambda/auth/refusal.ts';

const KEY_ID = '018f2d5e-7a30-7cc3-9f61-4a2b6c8d0e1f';
const secret = newSecret();
const key = {
  id: KEY_ID,
  name: 'Pharmacy',
  scopes: [],
  hash: hashSecret(secret),
  lastFour: secret.slice(-4),
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'someone',
};
const tokenOf = (claims: object) =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

let events: AuditEvent[];
let lines: string[];
let now: Date;
let log: { append: (event: AuditEvent) => Promise<void> };
beforeEach(() => {
  events = [];
  lines = [];
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Negatoscope');
  now = new Date('2026-03-01T10:00:20Z');
  // As the table: an event with a known id changes nothing.
  log = {
    append: async (event) => {
      if (!events.some(({ id }) => id === event.id)) events.push(event);
    },
  };
  // Powertools writes with consoles of its own.
  for (const stream of [process.stderr, process.stdout]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const request = (headers: Record<string, string>) => ({
  headers: { ...headers, 'x-viewer-address': '203.0.113.7' },
  path: '/api/images',
  httpMethod: 'GET',
  methodArn: 'arn:aws:execute-api:eu-west-1:1:api/prod/GET/api/images',
  requestContext: { requestId: 'r-1', identity: { sourceIp: '203.0.113.7' } },
});
const depsWith = (refusals: Refusals, stored: typeof key | undefined = key) => ({
  verify: async () => undefined,
  keys: { get: async () => stored },
  keyUses: { note: async () => undefined },
  refusals,
  now: () => now,
});
const send = (authorization: string, refusals = new Refusals(log), stored?: typeof key) =>
  authorize(request({ Authorization: authorization }), depsWith(refusals, stored)).catch((error) => error);

describe('Refused credentials', () => {
  test.each([
    [
      'of a wrong secret',
      `ApiKey ${formatApiKey({ id: KEY_ID, secret: newSecret() })}`,
      'wrong secret',
      `key ${KEY_ID}`,
    ],
    ['of an expired token', `Bearer ${tokenOf({ sub: 'u-1', exp: 1 })}`, 'expired token', 'subject u-1'],
    ['of a forged token', `Bearer ${tokenOf({ sub: 'u-1', exp: 9e9 })}`, 'invalid token', 'subject u-1'],
  ])(
    '%s leave a line, a metric and an event with the reason, whom they name and the address',
    async (_name, given, reason, resource) => {
      expect(await send(given)).toBeInstanceOf(Unauthorized);
      expect(events).toEqual([
        {
          id: expect.any(String),
          at: now.toISOString(),
          subject: null,
          role: null,
          action: 'authorizer',
          method: 'GET',
          path: '/api/images',
          patientIds: [],
          resources: [resource],
          status: 401,
          outcome: 'denied',
          requestId: 'r-1',
          address: '203.0.113.7',
          reason,
        },
      ]);
      const [line = '', metric = ''] = lines;
      expect(JSON.parse(line)).toMatchObject({
        level: 'WARN',
        message: 'credentials refused',
        reason,
        address: '203.0.113.7',
      });
      expect(JSON.parse(metric)).toMatchObject({ refused: 1 });
    },
  );

  test.each(['ApiKey nonsense', 'Bearer nonsense', 'Basic YTpi'])(
    'that name nobody (%s) leave no event',
    async (given) => {
      expect(await send(given)).toBeInstanceOf(Unauthorized);
      expect(events).toEqual([]);
      expect(lines).toHaveLength(2);
    },
  );

  test('leave neither the secret nor the token anywhere', async () => {
    const wrong = newSecret();
    const token = tokenOf({ sub: 'u-1', exp: 1 });
    await send(`ApiKey ${formatApiKey({ id: KEY_ID, secret: wrong })}`);
    await send(`Bearer ${token}`);
    const trace = lines.join('') + JSON.stringify(events);
    expect(trace).toContain(KEY_ID);
    expect(trace).not.toContain(wrong);
    expect(trace).not.toContain(token.split('.')[1]);
  });

  test('end in an error without a stack, which the runtime would log', async () => {
    expect((await send('ApiKey nonsense')).stack).toBe('Unauthorized');
  });

  test('of a socket leave the same trace', async () => {
    const headers = { authorization: `Bearer ${tokenOf({ sub: 'u-1', exp: 1 })}` };
    const answer = authorizeConnection(request(headers), depsWith(new Refusals(log)));
    await expect(answer).rejects.toThrow('Unauthorized');
    expect(events).toMatchObject([{ action: 'authorize-connection', resources: ['subject u-1'] }]);
  });

  test('do not include those whose use cannot be noted', async () => {
    const note = () => Promise.reject(new Error('down'));
    const deps = { ...depsWith(new Refusals(log)), keyUses: { note } };
    const headers = { Authorization: `ApiKey ${formatApiKey({ id: KEY_ID, secret })}` };
    expect((await authorize(request(headers), deps)).principalId).toBe(`key:${KEY_ID}`);
    expect(lines.join('')).toContain('the use of a key is not noted');
  });

  test('are refused, too, if the audit log cannot be written', async () => {
    const broken = { append: () => Promise.reject(new Error('down')) };
    expect(await send(`Bearer ${tokenOf({ sub: 'u-1' })}`, broken as never)).toBeInstanceOf(Unauthorized);
  });
});

describe('The audit log takes of refused credentials', () => {
  const event = {
    at: '',
    subject: null,
    role: null,
    action: 'authorizer',
    method: 'GET',
    path: '/',
    patientIds: [],
    status: 401,
    outcome: 'denied' as const,
    requestId: 'r',
    address: null,
  };
  const fill = async (refusals: Refusals, names: readonly string[]) => {
    for (const name of names) await refusals.append(name, { ...event, at: now.toISOString() });
  };

  test('the first ones of a name in each minute, whichever process refuses them', async () => {
    const some = Array(20).fill('key a');
    await Promise.all([fill(new Refusals(log), some), fill(new Refusals(log), some)]);
    expect(events).toHaveLength(EVENTS_PER_NAME);
    now = new Date('2026-03-01T10:01:00Z');
    await fill(new Refusals(log), some);
    expect(events).toHaveLength(2 * EVENTS_PER_NAME);
  });

  test('only so many of invented names', async () => {
    await fill(
      new Refusals(log),
      Array.from({ length: 500 }, (_value, index) => `key ${index}`),
    );
    expect(events).toHaveLength(EVENTS_PER_PROCESS);
  });
});
