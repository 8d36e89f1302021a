import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { newUids, slice } from '../fixtures/dicom-uploads.ts';
import { useService } from '../support/service.ts';

const service = useService();
const dir = mkdtempSync(join(tmpdir(), 'negatoscope-sign-in-'));
const folder = join(dir, 'cd');
mkdirSync(folder);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the command as a person in a shell would, without any credential. */
async function run(args: string[], onError: (text: string) => void = () => undefined) {
  const { NEGATOSCOPE_TOKEN, NEGATOSCOPE_API_KEY, ...environment } = process.env;
  const program = join(import.meta.dirname, '../../bin/negatoscope.ts');
  const child = spawn(process.execPath, [program, ...args, '--url', service.stack.url], {
    env: { ...environment, XDG_STATE_HOME: join(dir, 'state') },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (part) => {
    err += part;
    onError(err);
  });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { out, err, code };
}

test('A person signs in, uploads without any token on the command line, and signs out', async () => {
  writeFileSync(join(folder, 'IM1'), slice(newUids()));
  expect(await run(['push', folder])).toMatchObject({
    code: 3,
    err: expect.stringContaining('Sign in first: npm run negatoscope -- sign-in --url'),
  });

  const pages: Promise<string>[] = [];
  const signedIn = await run(['sign-in'], (told) => {
    const [url] = /http\S+(?=\n)/.exec(told) ?? [];
    // What a click on this name of the local sign-in page does.
    if (url && pages.length === 0) pages.push(fetch(`${url}&user=staff`).then((answer) => answer.text()));
  });
  expect(signedIn).toMatchObject({ code: 0, out: `Signed in to ${service.stack.url}/ as Sam Staff.\n` });
  expect(await pages[0]).toContain('You are signed in.');

  expect(await run(['push', folder])).toMatchObject({ code: 0, out: expect.stringContaining('1 stored') });
  expect(await run(['push', folder, '--token', 'x'])).toMatchObject({
    code: 2,
    err: expect.stringContaining("Unknown option '--token'"),
  });

  expect((await run(['sign-out'])).out).toBe(`Signed out of ${service.stack.url}/.\n`);
  expect((await run(['push', folder])).code).toBe(3);
  expect((await run(['sign-out'])).out).toContain('Nobody was signed in');
});

test('An issuer that has no device authorization is named as the reason', async () => {
  expect(await run(['sign-in', '--device'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Sign in without --device.'),
  });
});
