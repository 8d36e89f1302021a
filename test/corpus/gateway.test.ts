import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMAND, STATUS } from '../../lib/gateway/dimse/command-set.ts';
import { connectAssociation } from '../../lib/gateway/dimse/connect.ts';
import { isStorageClass } from '../../lib/gateway/dimse/sop-classes.ts';
import { stripFileMeta } from '../../lib/gateway/strip-file-meta.ts';
import { freePort } from '../../lib/local/free-port.ts';
import { instanceIdentifiers } from '../../lib/media/dicom/parse/identifiers.ts';
import { readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import { isKnownTransferSyntax } from '../../lib/media/dicom/transfer-syntaxes.ts';
import { RunningGateway } from '../gateway/running-gateway.ts';
import { StoreScp } from '../gateway/store-scp.ts';
import { bytesOf, corpusFiles, hasCorpus } from './dicom-files.ts';

const run = promisify(execFile);
let gateway: RunningGateway;
beforeAll(async () => {
  // Without a service: the files stay in the spool, as they were received.
  gateway = new RunningGateway({ url: 'http://localhost:9' }, { NEGATOSCOPE_TOKEN: 'x' });
  await gateway.start();
});
afterAll(() => gateway.delete());

if (!hasCorpus)
  test('../shared/data is absent: no corpus was tested', () => {
    expect(corpusFiles).toEqual([]);
  });

/** The data set of a file, and what a sender has to know of it; undefined if it can't be sent by DIMSE. */
async function sendable(bytes: Buffer) {
  try {
    const { sopClassUid, sopInstanceUid } = instanceIdentifiers(readDicom(bytes).dataSet);
    const { transferSyntax, dataSet } = await stripFileMeta(Readable.from([bytes]));
    if (!isStorageClass(sopClassUid) || !isKnownTransferSyntax(transferSyntax)) return undefined;
    const parts = await Array.fromAsync(dataSet);
    return { sopClassUid, sopInstanceUid, transferSyntax, dataSet: Buffer.concat(parts) };
  } catch {
    return undefined;
  }
}

/** The data sets of the files that wait in the spool; the files are deleted. */
function received(folder: string): Buffer[] {
  return readdirSync(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    return bytes;
  });
}
const waiting = () => received(join(gateway.folder, 'spool', 'waiting'));
const strip = async (file: Buffer) =>
  Buffer.concat(await Array.fromAsync((await stripFileMeta(Readable.from([file]))).dataSet));

/** The options by which storescu proposes a transfer syntax. */
const PROPOSALS = {
  '': '-xi',
  '.1': '-xe',
  '.2': '-xb',
  '.1.99': '-xd',
  '.4.50': '-xy',
  '.4.51': '-xx',
  '.4.70': '-xs',
  '.4.80': '-xt',
  '.4.81': '-xu',
  '.4.90': '-xv',
  '.4.91': '-xw',
  '.5': '-xr',
};

describe.runIf(hasCorpus)('The gateway, with real files', () => {
  test('receives each in its own transfer syntax, with exactly the bytes that were sent', async () => {
    const syntaxes = new Set<string>();
    let count = 0;
    for (const each of corpusFiles) {
      const file = await sendable(bytesOf(each));
      if (!file) continue;
      const association = await connectAssociation({
        host: '127.0.0.1',
        port: gateway.port,
        calledAe: 'GATEWAY',
        callingAe: 'MODALITY',
        contexts: [{ id: 1, abstractSyntax: file.sopClassUid, transferSyntaxes: [file.transferSyntax] }],
      });
      const request = {
        field: COMMAND.store,
        messageId: 1,
        affectedSopClass: file.sopClassUid,
        affectedSopInstance: file.sopInstanceUid,
      };
      await association.send(1, request, [file.dataSet]);
      expect((await association.receive())?.command.status, each.file).toBe(STATUS.success);
      await association.release();
      const [stored = Buffer.alloc(0), ...others] = waiting();
      expect(others).toEqual([]);
      expect(readDicom(stored).transferSyntax.uid).toBe(file.transferSyntax);
      expect((await strip(stored)).equals(file.dataSet), each.file).toBe(true);
      syntaxes.add(file.transferSyntax);
      count++;
    }
    console.log(`${count} of ${corpusFiles.length} files in ${syntaxes.size} transfer syntaxes`);
    expect(count).toBeGreaterThan(corpusFiles.length / 2);
  });

  test('receives from storescu the same bytes as dcmtk’s own receiver', async () => {
    const port = await freePort();
    const archive = await StoreScp.start(join(gateway.folder, 'archive'), port, '+xa');
    let count = 0;
    for (const [end, option] of Object.entries(PROPOSALS)) {
      const folder = join(gateway.folder, `sent${end}`);
      mkdirSync(folder);
      for (const [index, each] of corpusFiles.entries())
        if (each.transferSyntax === `1.2.840.10008.1.2${end}`)
          writeFileSync(join(folder, `${index}.dcm`), bytesOf(each));
      // It skips what it can not read.
      const send = (to: number) =>
        run('storescu', [
          '-q',
          '-nh',
          '-R',
          option,
          '-aet',
          'MODALITY',
          '-aec',
          'GATEWAY',
          '+sd',
          '127.0.0.1',
          `${to}`,
          folder,
        ]).catch(() => undefined);
      await send(gateway.port);
      await send(port);
      const ours = new Set(
        await Promise.all(waiting().map(async (file) => (await strip(file)).toString('latin1'))),
      );
      for (const theirs of received(archive.folder)) {
        expect(ours.has((await strip(theirs)).toString('latin1')), option).toBe(true);
        count++;
      }
    }
    await archive.end();
    console.log(`${count} files are the same as those of storescp`);
    expect(count).toBeGreaterThan(100);
  });
});
