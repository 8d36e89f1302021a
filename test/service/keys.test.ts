import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatApiKey, hashSecret, newSecret } from '../../lib/lambda/auth/api-key-format.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, useService } from '../support/service.ts';

const service = useService();
let admin: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  admin = await service.as('admin');
  direct = await directAccess(service);
});

const create = (own: Record<string, unknown> = {}, status = 201) =>
  admin.json('POST', '/api/v2/keys', status, { name: 'Pharmacy', scopes: ['prescription:read'], ...own });
/** What the list says of this key, which is one of the last. */
const listed = async (id: string) => {
  const { keys } = await admin.json('GET', '/api/v2/keys?limit=100', 200);
  return (keys as Record<string, string>[]).find((each) => each.id === id);
};
/**
 * The status of a request with this key for an operation that is closed to services: 403 if the key is valid.
 */
const statusWith = async (headers: Record<string, string>) =>
  (await service.with(headers).send('GET', '/api/v2/keys')).status;

describe('An API key', () => {
  test('is shown once, to the admin who creates it, and after that only by its last four characters', async () => {
    const made = await create({ expires_at: '2099-01-01T01:00:00+01:00' });
    expect(made).toEqual({
      id: expect.any(String),
      name: 'Pharmacy',
      scopes: ['prescription:read'],
      key: expect.stringMatching(new RegExp(`^ng_${made.id}_[A-Za-z0-9_-]{43}$`)),
      last_four: made.key.slice(-4),
      created_at: expect.any(String),
      created_by: expect.any(String),
      expires_at: '2099-01-01T00:00:00.000Z',
      revoked_at: null,
      last_used_at: null,
      rotate_at: new Date(Date.parse(made.created_at) + 365 * 86_400_000).toISOString(),
    });
    const { key: secret, ...rest } = made;
    const list = await admin.send('GET', '/api/v2/keys/');
    const text = await list.text();
    expect(JSON.parse(text).keys).toContainEqual(rest);
    expect(text).not.toContain(secret.slice(-43));
    expect(JSON.stringify(await direct.keys.get(made.id))).not.toContain(secret.slice(-43));
  });

  test('is listed with its last use, and is to be replaced no more once it is revoked', async () => {
    const { id, key } = await create();
    const before = Date.now();
    expect(await statusWith({ 'x-api-key': key })).toBe(403);
    const used = await listed(id);
    expect(Date.parse(used?.last_used_at ?? '')).toBeGreaterThanOrEqual(before - 1000);
    await admin.json('DELETE', `/api/v2/keys/${id}`, 204);
    expect(await listed(id)).toMatchObject({ last_used_at: used?.last_used_at, rotate_at: null });
  });

  test('is listed in pages with the others, newest first', async () => {
    const made = [(await create()).id, (await create()).id].reverse();
    // Other test files create keys at the same time.
    const listed: string[] = [];
    for (let cursor = ''; !made.every((id) => listed.includes(id)); ) {
      const { keys, next } = await admin.json('GET', `/api/v2/keys?limit=1${cursor}`, 200);
      expect(keys).toHaveLength(1);
      listed.push(keys[0].id);
      cursor = `&cursor=${next}`;
    }
    expect(listed.filter((id) => made.includes(id))).toEqual(made);
  });

  test('identifies the caller, in its own header or in the header of tokens', async () => {
    const { key } = await create();
    expect(await statusWith({ 'x-api-key': key })).toBe(403);
    expect(await statusWith({ authorization: `ApiKey ${key}` })).toBe(403);
  });

  test('does not replace a token', async () => {
    const { key } = await create();
    expect(await statusWith({ 'x-api-key': key, authorization: 'Bearer nonsense' })).toBe(401);
  });

  test('gives access only to operations that are open to services', async () => {
    const { key } = await create({ scopes: ['*:read', '*:write'] });
    const client = service.with({ 'x-api-key': key });
    await client.json('GET', `/api/images/${randomUUID()}/`, 403);
    await client.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 403);
    await client.json('GET', `/examens-medicaux/${randomUUID()}/images`, 403);
    await client.json('POST', '/api/v2/keys', 403, { name: 'another', scopes: ['*:read'] });
  });

  test('that is invented is refused', async () => {
    const { id, key } = await create();
    const secret = key.slice(-43);
    for (const forged of [
      'nonsense',
      formatApiKey({ id, secret: newSecret() }),
      formatApiKey({ id: randomUUID(), secret }),
      key.slice(0, -1),
      `${key}A`,
      key.toUpperCase(),
    ]) {
      expect(await statusWith({ 'x-api-key': forged }), forged).toBe(401);
    }
  });

  test('that is revoked or expired is refused', async () => {
    const { id, key } = await create();
    await admin.json('DELETE', `/api/v2/keys/${id}/`, 204);
    expect(await statusWith({ 'x-api-key': key })).toBe(401);

    const secret = newSecret();
    const old = {
      id: randomUUID(),
      name: 'old',
      scopes: [],
      hash: hashSecret(secret),
      lastFour: secret.slice(-4),
      createdAt: '2020-01-01T00:00:00.000Z',
      createdBy: 'someone',
      validUntil: '2021-01-01T00:00:00.000Z',
    };
    await direct.keyAdministration.create(old);
    expect(await statusWith({ 'x-api-key': formatApiKey({ id: old.id, secret }) })).toBe(401);
  });

  test('is revoked once: a second time changes nothing, and an unknown key is not found', async () => {
    const { id } = await create();
    await admin.json('DELETE', `/api/v2/keys/${id}`, 204);
    const first = (await direct.keys.get(id))?.revokedAt;
    expect(first).toBeDefined();
    await admin.json('DELETE', `/api/v2/keys/${id}`, 204);
    expect((await direct.keys.get(id))?.revokedAt).toBe(first);
    await admin.json('DELETE', `/api/v2/keys/${randomUUID()}`, 404);
  });

  test.each([
    [{ scopes: [] }, 'scopes must be at least 1 items long'],
    [
      { scopes: ['everything'] },
      /^scopes\[0\] must be one of patient:read, .*, dicom:store; received "everything"$/,
    ],
    [{ name: ' ' }, /^name must be at least 1/],
    [{ expires_at: '2020-01-01T00:00:00Z' }, /^expires_at must be in the future/],
    [{ expires_at: 'tomorrow' }, /^expires_at must be an ISO 8601 time/],
  ])('with %j is refused', async (own, detail) => {
    const { message, details } = await create(own, 400);
    expect(message).toBe('Validation failed');
    expect(details).toEqual([detail instanceof RegExp ? expect.stringMatching(detail) : detail]);
  });
});

test.each(['patient-1', 'staff', 'doctor'])('API keys are closed to %s', async (user) => {
  const client = await service.as(user);
  await client.json('GET', '/api/v2/keys', 403);
  await client.json('POST', '/api/v2/keys', 403, { name: 'mine', scopes: ['*:read'] });
  await client.json('DELETE', `/api/v2/keys/${randomUUID()}`, 403);
});
