import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { syncFolder } from '../../lib/gateway/sync-folder.ts';
import { freePort } from '../../lib/local/free-port.ts';
import { newUids } from '../fixtures/dicom-uploads.ts';
import { dicomFile, imageOf } from '../fixtures/dicoms.ts';
import { RunningGateway } from '../gateway/running-gateway.ts';
import { StoreScp } from '../gateway/store-scp.ts';
import { peakMemoryMb } from '../support/function-process.ts';
import { atLeast, atMost, type Bench, headline, type Result, type Row, round } from './result.ts';

const run = promisify(execFile);
/** Alternating, so that both have the same neighbours on the machine. */
const ROUNDS = 3;
/** A series of CT, and instances as large as the service stores. */
const LOADS = {
  'CT of 0.5 MB': { count: 200, side: 725, senders: 1 },
  'CT from 4 devices': { count: 50, side: 725, senders: 4 },
  '100 MB': { count: 3, side: 9990, senders: 1 },
};

/** The instances per second that storescu sends to the gateway without a service behind it, and to dcmtk's storescp. */
export async function gateway({ progress }: Bench): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-gateway-'));
  const port = await freePort();
  const own = new RunningGateway({ url: 'http://localhost:9' }, { NEGATOSCOPE_TOKEN: 'x' });
  await own.start();
  const scp = await StoreScp.start(path.join(folder, 'received'), port, '+xa', '--fork');
  try {
    const rows: Record<string, Row> = {};
    const rates: { ours: number; theirs: number }[] = [];
    for (const [name, { count, side, senders }] of Object.entries(LOADS)) {
      const sent = path.join(folder, name);
      mkdirSync(sent);
      for (let index = 0; index < count; index++)
        writeFileSync(path.join(sent, `${index}`), instanceOf(side));
      const never = Number.POSITIVE_INFINITY;
      const seconds = { ours: never, theirs: never, written: never, synced: never };
      const disk = path.join(folder, 'disk');
      mkdirSync(disk, { recursive: true });
      for (let each = 0; each < ROUNDS; each++) {
        progress(`${name}: ${each + 1} of ${ROUNDS}`);
        seconds.ours = Math.min(seconds.ours, await send(sent, own.port, senders));
        seconds.theirs = Math.min(seconds.theirs, await send(sent, port, senders));
        const load = { disk, bytes: instanceOf(side), count, senders };
        seconds.written = Math.min(seconds.written, await write(load, false));
        empty(disk);
        seconds.synced = Math.min(seconds.synced, await write(load, true));
        for (const received of [path.join(own.folder, 'spool', 'waiting'), scp.folder, disk]) empty(received);
      }
      const rate = (taken: number) => (count * senders) / taken;
      const [ours, theirs] = [rate(seconds.ours), rate(seconds.theirs)];
      const synced = rate(seconds.theirs + Math.max(0, seconds.synced - seconds.written));
      rates.push({ ours, theirs });
      rows[name] = {
        'gateway/s': round(ours),
        'storescp/s': round(theirs),
        'MB/s': round((ours * side * side) / 1e6),
        ratio: round(ours / theirs),
        'storescp with syncs/s': round(synced),
        'ratio to that': round(ours / synced),
      };
    }
    const [small = { ours: 0, theirs: 1 }] = rates;
    const ratios = rates.map(({ ours, theirs }) => ours / theirs);
    return {
      ...headline(small.ours, 'instances/s', small.theirs),
      aims: [
        ...Object.keys(LOADS).map((name, index) =>
          atLeast(`${name}, ratio to storescp`, round(ratios[index] ?? 0), 0.5),
        ),
        atMost('memory of the gateway, MB', peakMemoryMb(own.pid), 200),
      ],
      notes: [
        'The gateway waits until each instance is on the disk before it acknowledges it; storescp does not.',
        'storescp with syncs: its time, and the time that fdatasync and the fsync of the folder take for as many files on this disk.',
      ],
      rows,
    };
  } finally {
    await scp.end();
    await own.delete();
    rmSync(folder, { recursive: true, force: true });
  }
}

function instanceOf(side: number): Buffer {
  const { study, series, sop } = newUids();
  return dicomFile([
    ...imageOf(side, side, Buffer.alloc(side * side, 7)),
    ['00080018', 'UI', sop],
    ['0020000D', 'UI', study],
    ['0020000E', 'UI', series],
  ]);
}

/** Returns the seconds. Each sender sends the whole folder. */
async function send(folder: string, port: number, senders: number): Promise<number> {
  const options = ['-q', '-R', '-xe', '-aet', 'MODALITY', '-aec', 'GATEWAY', '+sd'];
  const env = { ...process.env, TCP_NODELAY: '1' };
  const start = performance.now();
  const sending = Array.from({ length: senders }, () =>
    run('storescu', [...options, '127.0.0.1', `${port}`, folder], { env }),
  );
  await Promise.all(sending);
  return (performance.now() - start) / 1000;
}

/**
 * Writes as many files as are sent, each sender one after the other.
 *
 * @param isSynced whether each is on the disk, with its name, before the next
 * @returns the seconds
 */
async function write(
  { disk, bytes, count, senders }: { disk: string; bytes: Buffer; count: number; senders: number },
  isSynced: boolean,
): Promise<number> {
  const start = performance.now();
  const writing = Array.from({ length: senders }, async (_value, sender) => {
    for (let index = 0; index < count; index++) {
      const name = path.join(disk, `${sender}-${index}`);
      await using file = await open(name, 'wx');
      await file.writeFile(bytes);
      if (isSynced) await file.datasync();
      await rename(name, `${name}.dcm`);
      if (isSynced) await syncFolder(disk);
    }
  });
  await Promise.all(writing);
  return (performance.now() - start) / 1000;
}

/** Deletes the files, so that the disk does not fill. */
function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
}
