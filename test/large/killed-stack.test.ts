import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { ClinicLoad, randomNumbers } from '../soak/clinic-load.ts';
import { Ledger } from '../soak/ledger.ts';
import { RetryingClient } from '../soak/retrying-client.ts';
import { settle } from '../soak/settle.ts';
import { StackInProcess } from '../soak/stack-in-process.ts';

const KILLS = 50;
const CLIENTS = 3;

test(`Nothing is lost, doubled or unrecorded after ${KILLS} SIGKILLs at random moments of a mixed load`, async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  const random = randomNumbers(seed);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'negatoscope-test-'));
  const start = (port: number) =>
    StackInProcess.start({ cdkOut: inject('cdkOut'), dataDir, port, faults: '' });
  let stack = await start(0);
  try {
    const ledger = new Ledger();
    const { url, port, tokens } = stack;
    const stop = new AbortController();
    const end = new AbortController();
    const authorization = async () => `Bearer ${tokens.doctor}`;
    const client = new RetryingClient({ url, authorization, ledger, signal: end.signal });
    const photos = [Buffer.from((await photo({ width: 320, height: 240 })).bytes)];
    const loads = Array.from({ length: CLIENTS }, (_value, index) =>
      new ClinicLoad({ client, ledger, photos, patientId: `KILL-${index}`, random }).run(stop.signal),
    );
    const killing = (async () => {
      for (let kills = 0; kills < KILLS; kills++) {
        await sleep(1000 + random() * 3500);
        await stack.kill();
        stack = await start(port);
      }
    })();
    await Promise.race([killing, Promise.all(loads)]);
    stop.abort();
    // Each client completes its last request.
    await Promise.all(loads);
    end.abort();
    expect(ledger.responses.length).toBeGreaterThan(KILLS);
    expect(ledger.actions.get('upload')).toBeGreaterThan(0);
    const { violations, repairs } = await settle(ledger, stack);
    console.log(JSON.stringify({ actions: Object.fromEntries(ledger.actions), repairs }));
    expect(violations).toEqual([]);
  } finally {
    await stack.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}, 900_000);
