import {
  AdminDisableUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, inject, test } from 'vitest';
import { loadFunctions, loadSecret } from '../../lib/local/lambda/functions.ts';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import { loadTemplate } from '../../lib/local/template.ts';
import { useOwnStack } from '../support/own-stack.ts';

const UserPoolId = 'us-east-1_local';
const nora = { email: 'nora@clinic.example', name: 'Nora New', role: 'doctor' };

describe('The user pool of the laptop', () => {
  const service = useOwnStack();
  const clientFor = (functionId?: string) => {
    const template = loadTemplate(inject('cdkOut'), service.stack.url);
    const found = loadFunctions(template, loadSecret(service.dataDir)).find(({ id }) => id === functionId);
    return new CognitoIdentityProviderClient({
      region: 'us-east-1',
      endpoint: `${service.stack.url}/local/cognito`,
      credentials: found?.credentials ?? service.stack.credentials,
    });
  };

  test('has the demo people, and keeps those who were added, after a restart', async () => {
    const admin = await service.as('admin');
    const { people } = await admin.json('GET', '/api/people', 200);
    expect(people.map(({ name, role }: { name: string; role: string }) => [name, role])).toEqual([
      ['Paula Patient', 'patient'],
      ['Peter Patient', 'patient'],
      ['Sam Staff', 'staff'],
      ['Dana Doctor', 'doctor'],
      ['Alex Admin', 'admin'],
    ]);
    const added = await admin.json('POST', '/api/people', 201, nora);
    await service.stop();
    await service.start();
    const again = await service.as('admin');
    expect((await again.json('GET', '/api/people', 200)).people.slice(people.length)).toEqual([added]);
  });

  test('answers a function only what its policy allows', async () => {
    const listing = clientFor('list-people');
    const { Users } = await listing.send(new ListUsersCommand({ UserPoolId, Limit: 1 }));
    expect(Users).toMatchObject([{ Username: 'patient-1', Enabled: true }]);
    const refused = { name: 'AccessDeniedException' };
    const disable = new AdminDisableUserCommand({ UserPoolId, Username: 'admin' });
    await expect(listing.send(disable)).rejects.toMatchObject(refused);
    await expect(clientFor('create-person').send(disable)).rejects.toMatchObject(refused);
    await expect(clientFor('get-image').send(new ListUsersCommand({ UserPoolId }))).rejects.toMatchObject(
      refused,
    );
  });

  test('refuses an unknown user, and another pool', async () => {
    const all = clientFor();
    const nobody = new AdminGetUserCommand({ UserPoolId, Username: 'nobody' });
    await expect(all.send(nobody)).rejects.toMatchObject({ name: 'UserNotFoundException' });
    const other = new ListUsersCommand({ UserPoolId: 'us-east-1_other' });
    await expect(all.send(other)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('refuses the refresh token of a person who was disabled', async () => {
    const admin = await service.as('admin');
    const { people } = await admin.json('GET', '/api/people?role=staff', 200);
    const [sam] = people;
    const refreshToken = await service.stack.token('staff', {
      ...{ sub: sam.subject, aud: 'negatoscope-local-refresh', token_use: 'refresh' },
    });
    const refresh = () =>
      fetch(`${service.stack.url}/local/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
      });
    expect((await refresh()).status).toBe(200);
    await admin.json('PATCH', `/api/people/${sam.subject}`, 200, { enabled: false });
    expect((await refresh()).status).toBe(400);
  });

  test('has an admin left when two take the rights from each other at the same time', async () => {
    const admin = await service.as('admin');
    const make = async (name: string) =>
      (await admin.json('POST', '/api/people', 201, { ...nora, email: `${name}@x.example`, role: 'admin' }))
        .subject;
    const [first, second] = [await make('first'), await make('second')];
    const { people } = await admin.json('GET', '/api/people?role=admin', 200);
    const demo = people.find(({ name }: { name: string }) => name === 'Alex Admin').subject;
    await admin.json('PATCH', `/api/people/${demo}`, 200, { enabled: false });
    const asFirst = await service.as('admin', { sub: first });
    const asSecond = await service.as('admin', { sub: second });
    await Promise.all([
      asFirst.send('PATCH', `/api/people/${second}`, { role: 'staff' }),
      asSecond.send('PATCH', `/api/people/${first}`, { enabled: false }),
    ]);
    const left = (await admin.json('GET', '/api/people?role=admin', 200)).people;
    expect(left.filter(({ enabled }: { enabled: boolean }) => enabled).length).toBeGreaterThanOrEqual(1);
  });
});

describe('Where the clinic has an issuer of its own', () => {
  const service = useOwnStack({ environment: { ...NO_RATE_LIMITS, USER_POOL_ID: 'none' } });

  test('people are neither listed nor changed here, and the answer says where they are', async () => {
    const admin = await service.as('admin');
    const message = 'People are kept in the clinic’s own directory, and changed there.';
    const path = '/api/people/5f0c7c2e-3b2a-4d53-9a57-0c1d2e3f4a5b';
    expect(await admin.json('GET', '/api/people', 409)).toMatchObject({ message });
    expect(await admin.json('POST', '/api/people', 409, nora)).toMatchObject({ message });
    expect(await admin.json('PATCH', path, 409, { enabled: false })).toMatchObject({ message });
  });
});
