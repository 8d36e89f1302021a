import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Status } from '../../lib/gateway/http/status.ts';
import { freePort } from '../../lib/local/free-port.ts';
import { newUid, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { RunningGateway } from '../gateway/running-gateway.ts';
import { OwnStack } from '../support/own-stack.ts';
import { until } from '../support/service.ts';

const INSTANCES = 2000;
const AT_ONCE = 100;
const run = promisify(execFile);

const service = new OwnStack();
let gateway: RunningGateway;
let port: number;
beforeAll(async () => {
  port = await freePort();
  await service.start({ port });
  const token = await service.stack.token('staff', {}, 36_000);
  gateway = new RunningGateway({ url: service.stack.url }, { NEGATOSCOPE_TOKEN: token });
  await gateway.start();
});
afterAll(async () => {
  await gateway.delete();
  await service.end();
});

/** Sends a folder, and again if the gateway ends meanwhile, as a modality does. Returns how often. */
async function sendFolder(folder: string): Promise<number> {
  for (let times = 1; ; times++) {
    try {
      await run('storescu', [
        '-xe',
        '-aet',
        'MODALITY',
        '-aec',
        'GATEWAY',
        '+sd',
        '127.0.0.1',
        `${gateway.port}`,
        folder,
      ]);
      return times;
    } catch (error) {
      if (times > 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

test(`${INSTANCES} instances are stored once, though the service is away three times and the gateway is killed twice`, async () => {
  const study = newUid();
  const sent = new Map<string, Buffer>();
  const folders: string[] = [];
  for (let index = 0; index < INSTANCES; index++) {
    const folder = join(gateway.folder, `folder-${Math.floor(index / AT_ONCE)}`);
    if (index % AT_ONCE === 0) {
      mkdirSync(folder);
      folders.push(folder);
    }
    const uids = newUids({ study });
    sent.set(uids.sop, slice(uids, [['00200013', 'IS', `${index}`]]));
    writeFileSync(join(folder, uids.sop), sent.get(uids.sop) ?? '');
  }
  const sending = (async () => {
    for (const folder of folders) await sendFolder(folder);
  })();
  const reached = (share: number) =>
    until(
      async () =>
        ((await (await gateway.status('/status')).json()) as Status).received.instances > INSTANCES * share,
      300,
    );
  for (let times = 0; times < 3; times++) {
    await reached(0.1);
    await service.stop();
    if (times < 2) {
      await gateway.end('SIGKILL');
      await gateway.start();
    }
    await service.start({ port });
  }
  await sending;
  await until(async () => gateway.spooled('waiting').length === 0, 600);
  expect(gateway.spooled('refused')).toEqual([]);

  const staff = await service.as('staff');
  const found: string[] = [];
  for (let offset = 0; offset < INSTANCES; offset += 1000) {
    const page = await staff.json(
      'GET',
      `/dicom-web/studies/${study}/instances?limit=1000&offset=${offset}`,
      200,
    );
    for (const instance of page) found.push(instance['00080018'].Value[0]);
  }
  expect(found.sort()).toEqual([...sent.keys()].sort());
  for (const [sop, bytes] of sent) {
    const stored = Buffer.from(await (await staff.send('GET', `/dicom/wado/${sop}`)).arrayBuffer());
    // The meta information is the gateway's own.
    expect(stored.subarray(-(bytes.length - 200)).equals(bytes.subarray(200)), sop).toBe(true);
  }
});
