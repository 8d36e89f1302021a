import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OrthancSignIn } from '../../../lib/services/orthanc/orthanc-sign-in.ts';
import { startAwsStandIn } from '../../support/operator/aws-stand-in.ts';

let standIn: Awaited<ReturnType<typeof startAwsStandIn>>;
let secret: object | Error;
beforeEach(async () => {
  standIn = await startAwsStandIn({ GetSecretValue: () => secret });
  for (const [name, value] of Object.entries(standIn.environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  standIn.close();
});

const withPassword = (password: string) => ({
  SecretString: JSON.stringify({ username: 'negatoscope', password }),
});

test('A changed password is sent within five minutes, and the secret is read no more often', async () => {
  const signIn = new OrthancSignIn('orthanc');
  secret = withPassword('old');
  expect([await signIn.auth(0), await signIn.auth(299_999)]).toEqual(['negatoscope:old', 'negatoscope:old']);
  expect(standIn.calls.map(({ body }) => JSON.parse(body))).toEqual([{ SecretId: 'orthanc' }]);
  secret = withPassword('new');
  expect(await signIn.auth(300_000)).toBe('negatoscope:new');
});

test('A secret that cannot be read, or lacks a field, fails the delivery, which is tried again', async () => {
  const signIn = new OrthancSignIn('orthanc');
  secret = new Error('ResourceNotFoundException: no such secret');
  await expect(signIn.auth(0)).rejects.toThrow('no such secret');
  secret = { SecretString: '{"username":"negatoscope"}' };
  await expect(signIn.auth(1)).rejects.toThrow('password');
  secret = withPassword('right');
  expect(await signIn.auth(2)).toBe('negatoscope:right');
});
