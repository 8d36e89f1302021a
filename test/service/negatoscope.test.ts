import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newUid, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { zipOf } from '../fixtures/zips.ts';
import { newPatient, PATIENT_2 } from '../support/people.ts';
import { createBatch, until, useService } from '../support/service.ts';

const service = useService();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'negatoscope-cli-'));
  mkdirSync(join(dir, 'cd'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Starts the command as a person in a shell would. */
function start(args: string[], token: string): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/negatoscope.ts'), ...args], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(tmpdir(), 'negatoscope-cli-cache'),
      NEGATOSCOPE_TOKEN: token,
      XDG_STATE_HOME: join(dir, 'state'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([out, err, [code]]) => ({ out, err, code }),
  );
  return { child, ended };
}
interface Ended {
  out: string;
  err: string;
  code: number;
}
const run = async (args: string[], user = 'staff', url = service.stack.url) =>
  start([...args, '--url', url], await service.stack.token(user)).ended;

const cd = (...names: string[]) => join(dir, 'cd', ...names);

/** A CD of one study: files without extension, in folders. */
function writeCd(count: number, study = newUid()) {
  const series = newUid();
  return Array.from({ length: count }, (_value, index) => {
    const uids = newUids({ study, series });
    const bytes = slice(uids, [['00200013', 'IS', String(index)]]);
    const folder = `DIR${index % 3}`;
    mkdirSync(cd(folder), { recursive: true });
    const name = join(folder, `IM${String(index).padStart(5, '0')}`);
    writeFileSync(cd(name), bytes);
    return { ...uids, bytes, name };
  });
}

/** The service behind a proxy of the test, which sees each request first. */
async function behindProxy(see: (path: string, seen: number) => number | undefined) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { method = '', url = '', headers } = request;
    seen.push(`${method} ${url}`);
    const wait = see(url, seen.filter((each) => each === `${method} ${url}`).length);
    if (wait !== undefined) return response.writeHead(429, { 'retry-after': String(wait) }).end();
    const store = new URL(service.stack.s3Endpoint).origin;
    const answer = await fetch((url.startsWith('/local/s3/') ? store : service.stack.url) + url, {
      method,
      headers: {
        authorization: `${headers.authorization}`,
        'idempotency-key': `${headers['idempotency-key']}`,
      },
      ...(body.length > 0 && { body }),
    });
    response.writeHead(answer.status).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, close: () => server.close() };
}

/** The service with a store that saves each upload and, until told otherwise, does not answer. */
async function withSilentStore() {
  const put: string[] = [];
  let isSilent = true;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { method = '', url = '', headers } = request;
    const { host, connection, ...others } = headers as Record<string, string>;
    const store = new URL(service.stack.s3Endpoint).origin;
    const answer = await fetch((url.startsWith('/local/s3/') ? store : service.stack.url) + url, {
      method,
      headers: others,
      ...(body.length > 0 && { body }),
    });
    if (method === 'PUT') put.push(url);
    if (method === 'PUT' && isSilent) return;
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const text = (await answer.text()).replaceAll(service.stack.url, own).replaceAll(store, own);
    response.writeHead(answer.status).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    put,
    answer: () => {
      isSilent = false;
    },
    close: () => server.close(),
  };
}

describe('push of a folder of DICOM', () => {
  test('stores DICOM files, lists other files, and names refused files with the reason', async () => {
    const files = writeCd(5);
    const uids = newUids();
    writeFileSync(cd('A'), slice(uids));
    writeFileSync(cd('B'), slice(uids, [['00204000', 'LT', 'other']]));
    writeFileSync(cd('no-preamble'), slice(newUids()).subarray(128));
    writeFileSync(cd('autorun.exe'), 'MZ\u0090\0');
    writeFileSync(cd('viewer.jar'), 'PK\u0003\u0004');
    writeFileSync(cd('EMPTY'), '');
    const sopClass = Buffer.from('\u0002\0\u0002\0UI\u0014\u00001.2.840.10008.1.3.10', 'latin1');
    const file = slice(newUids());
    writeFileSync(cd('DICOMDIR'), Buffer.concat([file.subarray(0, 132), sopClass, file.subarray(132)]));
    writeFileSync(cd('\u001b[2Jcut'), slice(newUids()).subarray(0, 400));
    writeFileSync(Buffer.concat([Buffer.from(cd()), Buffer.from([0x2f, 0xe4])]), slice(newUids()));
    symlinkSync('..', cd('loop'));
    const { out, code } = await run(['push', cd()]);
    expect(out).toMatch(/^refused {2}(A|B) {2}the SOPInstanceUID \S+ is that of another file$/m);
    expect(out).toMatch(/^refused {2}�\[2Jcut {2}.*damaged|incomplete/m);
    expect(out).toContain('skipped  autorun.exe  no DICOM file: a program');
    expect(out).toContain('skipped  viewer.jar  no DICOM file: a ZIP archive');
    expect(out).toContain('skipped  EMPTY  empty');
    expect(out).toContain('skipped  DICOMDIR  a DICOMDIR: the list of the files');
    expect(out).toContain('skipped  loop  a symbolic link: those are not followed');
    expect(out).toContain('8 stored, 0 already there, 5 skipped, 2 refused, 0 failed');
    expect(code).toBe(1);
    const staff = await service.as('staff');
    expect(await staff.json('GET', `/dicom-web/studies/${files[0]?.study}/instances`, 200)).toHaveLength(5);
  });

  test('continues where Ctrl-C stopped it, and sends nothing twice', async () => {
    const COUNT = 30;
    const files = writeCd(COUNT);
    const token = await service.stack.token('staff');
    const first = start(['push', cd(), '--parallel', '1', '--url', service.stack.url], token);
    const staff = await service.as('staff');
    const path = `/dicom-web/studies/${files[0]?.study}/instances`;
    await until(async () => (await staff.send('GET', path)).status === 200);
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped).toMatchObject({ code: 130, err: expect.stringContaining('the same command goes on') });
    const { out, code } = await run(['push', cd()]);
    const [, stored, already] =
      /(\d+) stored, (\d+) already there, 0 skipped, 0 refused, 0 failed/.exec(out) ?? [];
    expect(code).toBe(0);
    expect(Number(stored)).toBeLessThan(COUNT);
    expect(Number(stored) + Number(already)).toBe(COUNT);
    expect(await staff.json('GET', path, 200)).toHaveLength(COUNT);
    expect((await run(['push', cd()])).out).toContain(`0 stored, ${COUNT} already there`);
    // The second and third command asked only for the status of each file, also of the one that was being
    // sent.
    const journal = readFileSync(
      join(dir, 'state/negatoscope', readdirSync(join(dir, 'state/negatoscope'))[0] ?? ''),
    );
    const lines = journal.toString().split('\n').filter(Boolean);
    const noted = lines.map((line) => JSON.parse(line));
    expect(new Set(noted.map(({ file }) => file)).size).toBe(COUNT);
    const arrived = noted.filter(({ isSent }) => isSent).map(({ file }) => file);
    expect(arrived).toHaveLength(new Set(arrived).size);
  });

  test('only prints what it would send with --dry-run, without a credential', async () => {
    const [file] = writeCd(3);
    writeFileSync(cd('autorun.exe'), 'MZ\u0090\0');
    const args = ['push', cd(), '--dry-run', '--url', service.stack.url];
    const { out, code } = await start(args, '').ended;
    expect(out).toMatch(/ {2}2025-06-01 {2}CT {2}1 series, 3 instances, [\d.]+ KB {2}2\.25\.\d+$/m);
    expect(out).toContain('skipped  autorun.exe  no DICOM file: a program');
    expect(out).toContain('3 files of ');
    expect(code).toBe(0);
    const staff = await service.as('staff');
    expect((await staff.send('GET', `/dicom-web/studies/${file?.study}/instances`)).status).toBe(204);
    expect((await run(['push', cd()])).out).toContain('3 stored, 0 already there, 1 skipped');
    expect((await start(args, '').ended).out).toContain('0 files of 0.0 KB to send, 3 sent before');
  });

  test('stores the files of a ZIP, and none of them twice', async () => {
    const study = newUid();
    const entries = [1, 2, 3].map((at) => ({ name: `DIR/IM${at}`, bytes: slice(newUids({ study })) }));
    const archive = zipOf([...entries, { name: 'inner.zip', bytes: zipOf([]) }]);
    writeFileSync(cd('exam.zip'), archive);
    const first = await run(['push', cd('exam.zip')]);
    expect(first.out).toContain('skipped  inner.zip  a ZIP in a ZIP: unpack it first');
    expect(first.out).toContain('3 stored, 0 already there, 1 skipped, 0 refused, 0 failed');
    const staff = await service.as('staff');
    expect(await staff.json('GET', `/dicom-web/studies/${study}/instances`, 200)).toHaveLength(3);
    expect((await run(['push', cd('exam.zip')])).out).toContain('0 stored, 3 already there');
    // The ZIP is one of the files of a folder.
    writeFileSync(cd('IM4'), slice(newUids({ study })));
    expect((await run(['push', cd()])).out).toContain('4 stored');
  });

  test('ends with a message about the token if that is invalid', async () => {
    writeCd(1);
    const expired = await service.stack.token('staff', {}, -1);
    const { code, err } = await start(['push', cd(), '--url', service.stack.url], expired).ended;
    expect(code).toBe(3);
    expect(err).toContain('The token is not, or no longer, valid.');
  });

  test('waits as long as the service asks for, and registers all files in one request', async () => {
    writeCd(20);
    const proxy = await behindProxy((path, times) =>
      path === '/dicom/upload-urls' && times === 1 ? 2 : undefined,
    );
    const started = Date.now();
    const { code, out, err } = await run(['push', cd()], 'staff', proxy.url);
    proxy.close();
    expect(Date.now() - started).toBeGreaterThan(2000);
    expect(err).toContain('the service asks to wait for 2 s');
    expect(out).toContain('20 stored');
    expect(code).toBe(0);
    expect(proxy.seen.filter((each) => each === 'POST /dicom/upload-urls')).toHaveLength(2);
  });
});

describe('push of photographs', () => {
  test('fills a batch, once', async () => {
    const staff = await service.as('staff');
    const batch = await createBatch(staff);
    for (const seed of [1, 2, 3]) writeFileSync(cd(`${seed}.jpg`), (await photo({ seed })).bytes);
    writeFileSync(cd('letter.txt'), 'Dear colleague');
    writeFileSync(cd('broken.jpg'), (await photo({ seed: 4 })).bytes.subarray(0, 300));
    const { out, code } = await run(['push', cd(), '--batch', batch]);
    expect(out).toContain('3 stored, 0 already there, 1 skipped, 1 refused, 0 failed');
    expect(out).toContain('skipped  letter.txt  no photograph: plain text');
    expect(out).toMatch(/^refused {2}broken.jpg {2}.+/m);
    expect(code).toBe(1);
    expect((await run(['push', cd(), '--batch', batch])).out).toContain('0 stored, 3 already there');
    expect(await staff.json('GET', `/api/images/batches/${batch}`, 200)).toMatchObject({ image_count: 3 });
  });

  test('stores none twice if the answers of the store were lost', async () => {
    const staff = await service.as('staff');
    const batch = await createBatch(staff);
    for (const seed of [1, 2, 3, 4]) writeFileSync(cd(`${seed}.jpg`), (await photo({ seed })).bytes);
    const args = ['push', cd(), '--batch', batch];
    const store = await withSilentStore();
    const token = await service.stack.token('staff');
    const first = start([...args, '--url', store.url], token);
    await until(async () => store.put.length === 4);
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    // The same service, by the same name.
    store.answer();
    const second = await start([...args, '--url', store.url], token).ended;
    store.close();
    expect(second.out).toMatch(/ 0 skipped, 0 refused, 0 failed/);
    expect(second.code).toBe(0);
    expect(store.put).toHaveLength(4);
    expect(await staff.json('GET', `/api/images/batches/${batch}`, 200)).toMatchObject({ image_count: 4 });
    const { images } = await staff.json('GET', `/api/images?batch_id=${batch}`, 200);
    expect(images).toHaveLength(4);
  });

  test('creates another batch if the one that it created is deleted', async () => {
    writeFileSync(cd('1.jpg'), (await photo({})).bytes);
    const args = ['push', cd(), '--patient', PATIENT_2, '--name', 'Gone'];
    const first = await run(args);
    const [, batch = ''] = /^Batch (\S+)$/m.exec(first.err) ?? [];
    const doctor = await service.as('doctor');
    expect((await doctor.send('DELETE', `/api/images/batches/${batch}`)).status).toBe(204);
    expect(await run(args)).toMatchObject({ code: 0, out: expect.stringContaining('1 stored') });
  });

  test('creates a batch for a patient, and uses the same one again for each spelling of the number', async () => {
    writeFileSync(cd('1.png'), (await photo({ format: 'png' })).bytes);
    const args = ['push', cd(), '--patient', PATIENT_2, '--name', 'First visit'];
    const first = await run(args);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('1 stored') });
    const small = args.map((each) => (each === PATIENT_2 ? ` ${PATIENT_2.toLowerCase()}` : each));
    const second = await run(small);
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining('1 already there') });
    const line = /^Batch \S+$/m;
    expect(line.exec(second.err)?.[0]).toBe(line.exec(first.err)?.[0]);
  });
});

test('push for what is no patient number says so, and sends nothing', async () => {
  expect(await run(['push', cd(), '--patient', 'P/1', '--name', 'First visit'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('P/1 is no patient number.'),
  });
});

describe('pull of a study', () => {
  test('downloads the files in chunks, downloads none again, and overwrites none of another content', async () => {
    const files = writeCd(7);
    expect((await run(['push', cd()])).code).toBe(0);
    const args = ['pull', files[0]?.study ?? '', join(dir, 'out')];
    expect(await run(args)).toMatchObject({ code: 0, out: expect.stringContaining('7 stored') });
    const pathOf = ({ series, sop }: { series: string; sop: string }) =>
      join(dir, 'out', series, `${sop}.dcm`);
    for (const file of files) expect(readFileSync(pathOf(file)).equals(file.bytes)).toBe(true);
    const [gone, changed] = files;
    if (!gone || !changed) throw new Error('there are files');
    rmSync(pathOf(gone));
    writeFileSync(pathOf(changed), 'mine');
    const again = await run(args);
    expect(again.out).toContain('1 stored, 5 already there, 0 skipped, 0 refused, 1 failed');
    expect(again.code).toBe(1);
    expect(readFileSync(pathOf(changed), 'utf8')).toBe('mine');
  });

  test('downloads all that a patient has, downloads none again, and nothing of others', async () => {
    const patient = newPatient();
    const staff = await service.as('staff');
    const own: [string, 'LO', string][] = [['00100020', 'LO', patient]];
    const files = [newUids(), newUids()].map((uids) => ({ ...uids, bytes: slice(uids, own) }));
    for (const { sop, bytes } of files) writeFileSync(cd(sop), bytes);
    // The same number of another issuer is another person.
    const foreign: [string, 'LO', string][] = [...own, ['00100021', 'LO', 'ELSEWHERE']];
    writeFileSync(cd('foreign'), slice(newUids(), foreign));
    expect((await run(['push', cd()])).out).toContain('3 stored');
    const batch = await createBatch(staff, patient);
    const { bytes } = await photo({ seed: 7 });
    mkdirSync(join(dir, 'photos'));
    writeFileSync(join(dir, 'photos', '1.jpg'), bytes);
    expect((await run(['push', join(dir, 'photos'), '--batch', batch])).code).toBe(0);
    const { images } = await staff.json('GET', `/api/images?batch_id=${batch}`, 200);

    const out = join(dir, 'out');
    const args = ['pull', '--patient', patient.toLowerCase(), out];
    expect(await run(args)).toMatchObject({ code: 0, out: expect.stringContaining('3 stored') });
    const paths = files.map(({ study, series, sop }) => join(study, series, `${sop}.dcm`));
    const image = join('images', batch, `${images[0].id}.jpg`);
    const stored = readdirSync(out, { recursive: true, encoding: 'utf8' });
    expect(stored.filter((name) => statSync(join(out, name)).isFile()).sort()).toEqual(
      [...paths, image].sort(),
    );
    for (const [at, name] of paths.entries())
      expect(readFileSync(join(out, name)).equals(files[at]?.bytes as Buffer)).toBe(true);
    expect(readFileSync(join(out, image)).equals(bytes)).toBe(true);

    writeFileSync(join(out, image), 'mine');
    const again = await run(args);
    expect(again.out).toContain('0 stored, 2 already there, 0 skipped, 0 refused, 1 failed');
    expect(readFileSync(join(out, image), 'utf8')).toBe('mine');
    expect(await run(['pull', '--patient', newPatient(), out])).toMatchObject({
      code: 1,
      err: expect.stringContaining('The service has nothing of the patient'),
    });
  });

  test('says that the study does not exist, or that the UID is invalid', async () => {
    expect(await run(['pull', newUid(), join(dir, 'out')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no study'),
    });
    expect(await run(['pull', '../etc', join(dir, 'out')])).toMatchObject({ code: 2 });
  });
});
