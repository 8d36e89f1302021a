import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatApiKey, newSecret } from '../../../lib/lambda/auth/api-key-format.ts';
import { refused } from '../../support/listener.ts';
import { until, useService } from '../../support/service.ts';

const service = useService();
const startedAt = new Date().toISOString();

/** The lines of the log about refused credentials with this text. */
const linesWith = (text: string) =>
  readFileSync(service.stack.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(text));

/** The events since the start of this file that name the resource. Other tests write hundreds at the same time. */
const eventsAbout = async (resource: string) => {
  const admin = await service.as('admin');
  const found: { things: string[]; action: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path = `/api/audit/?limit=200&from=${startedAt}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { events, next } = await admin.json('GET', path, 200);
    found.push(...events.filter(({ things }: { things: string[] }) => things.includes(resource)));
    cursor = next;
  }
  return found;
};

test('A hundred wrong secrets of one key leave a warning each, few audit events, and no secret and no stack', async () => {
  const admin = await service.as('admin');
  const { id } = await admin.json('POST', '/api/v2/keys', 201, { name: 'Pharmacy', scopes: ['*:read'] });
  const secrets = Array.from({ length: 100 }, newSecret);
  for (let done = 0; done < secrets.length; done += 10) {
    const some = secrets.slice(done, done + 10).map(async (secret) => {
      const headers = { 'x-api-key': formatApiKey({ id, secret }) };
      return (await service.with(headers).send('GET', '/api/v2/keys')).status;
    });
    expect(await Promise.all(some)).toEqual(Array(10).fill(401));
  }
  const warnings = await until(async () => {
    const lines = linesWith(id).filter((line) => line.includes('credentials refused'));
    return lines.length === 100 && lines;
  });
  expect(warnings[0]).toContain('wrong secret');
  expect(warnings[0]).toMatch(/"address":"(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)"/);
  const log = readFileSync(service.stack.logFile, 'utf8');
  for (const secret of secrets) expect(log).not.toContain(secret);
  expect(log).not.toMatch(/Unauthorized\s+at /);
  const events = await eventsAbout(`key ${id}`);
  const refusals = events.filter(({ action }) => action === 'authorizer');
  // Five in a minute; the hundred may have been sent in two.
  expect([5, 10]).toContain(refusals.length);
  const refusal = { who: null, status: 401, outcome: 'denied', reason: 'wrong secret' };
  for (const event of refusals) expect(event).toMatchObject(refusal);
});

test('A refused socket leaves a warning and an audit event with the subject that the token names', async () => {
  const subject = `u-${randomUUID()}`;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: subject, exp: 9e9 })}.c2ln`;
  expect(await refused(service, { headers: { authorization: `Bearer ${token}` } })).toBe(401);
  expect(linesWith(subject)).toContainEqual(expect.stringContaining('credentials refused'));
  expect(await eventsAbout(`subject ${subject}`)).toMatchObject([
    { action: 'authorize-connection', reason: 'invalid token', status: 401 },
  ]);
});
