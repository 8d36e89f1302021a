import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import { newUids, slice } from '../fixtures/dicom-uploads.ts';
import { dicomFile, encapsulated, syntaxes } from '../fixtures/dicoms.ts';
import { peakMemoryMb } from '../support/function-process.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { type Client, until } from '../support/service.ts';
import { dataSetOf, greyImage } from './instances.ts';
import { keyWith, RunningGateway } from './running-gateway.ts';

const service = useOwnStack();
let staff: Client;
let gateway: RunningGateway;
beforeAll(async () => {
  staff = await service.as('staff');
  gateway = new RunningGateway({ url: service.stack.url }, await keyWith(service, 'dicom:store'));
  await gateway.start();
});
afterAll(() => gateway.delete());

const isSent = () => until(async () => gateway.spooled('waiting').length === 0, 60);
const served = async (sop: string) =>
  Buffer.from(await (await staff.send('GET', `/dicom/wado/${sop}`)).arrayBuffer());
function write(name: string, bytes: Uint8Array): string {
  const file = join(gateway.folder, name);
  writeFileSync(file, bytes);
  return file;
}

test('It answers C-ECHO to the peers of its list, and to nobody else', async () => {
  await gateway.dcmtk('echoscu');
  await expect(gateway.dcmtk('echoscu', '-aet', 'STRANGER')).rejects.toThrow(
    'Calling AE Title Not Recognized',
  );
  await expect(gateway.dcmtk('echoscu', '-aec', 'OTHER')).rejects.toThrow('Called AE Title Not Recognized');
});

test.each([
  ['implicit', syntaxes.implicit, ['-xi']],
  ['explicit', syntaxes.explicit, ['-xe']],
  ['big endian', syntaxes.bigEndian, ['-xb']],
  ['deflated', syntaxes.deflated, ['-xd']],
])(
  'An instance in %s arrives in the service with the bytes of its data set',
  async (_name, syntax, option) => {
    const uids = newUids();
    const file = dicomFile(greyImage(uids), syntax);
    await gateway.dcmtk('storescu', '-R', ...option, write('one.dcm', file));
    await isSent();
    const stored = await served(uids.sop);
    expect(readDicom(stored).transferSyntax.uid).toBe(syntax.uid);
    // dcmtk compresses a deflated data set again.
    const plain = (bytes: Buffer) => (syntax === syntaxes.deflated ? inflateRawSync(bytes) : bytes);
    expect(plain(dataSetOf(stored)).equals(plain(dataSetOf(file)))).toBe(true);
  },
);

test('An instance in a compressed transfer syntax arrives with its bytes, also if it is sent twice', async () => {
  const uids = newUids();
  const jpegLs = '1.2.840.10008.1.2.4.80';
  const elements = greyImage(uids).filter(([tag]) => tag !== '7FE00010');
  const file = dicomFile(
    [...elements, ['7FE00010', 'OB', { fragments: [Buffer.alloc(0), Buffer.from([255, 216, 255, 217])] }]],
    encapsulated(jpegLs),
  );
  for (let times = 0; times < 2; times++) {
    await gateway.dcmtk('storescu', '-R', '-xt', write('jls.dcm', file));
    await isSent();
  }
  expect(dataSetOf(await served(uids.sop)).equals(dataSetOf(file))).toBe(true);
  expect(gateway.spooled('refused')).toEqual([]);
});

test('What the service refuses is kept with the reason', async () => {
  const uids = newUids();
  await gateway.dcmtk('storescu', '-R', '-xe', write('first.dcm', dicomFile(greyImage(uids))));
  await isSent();
  await gateway.dcmtk('storescu', '-R', '-xe', write('other.dcm', dicomFile(greyImage(uids, 9))));
  await isSent();
  const [file = '', reason = ''] = gateway.spooled('refused').sort();
  expect(reason).toBe(`${file}.txt`);
  expect(readFileSync(join(gateway.folder, 'spool', 'refused', reason), 'utf8')).toMatch(/\w/);
});

test('An instance of 95 MB passes through, within 200 MB of memory', async () => {
  const uids = newUids();
  const file = dicomFile(greyImage(uids, 9_900));
  await gateway.dcmtk('storescu', '-R', '-xe', write('large.dcm', file));
  await isSent();
  expect(dataSetOf(await served(uids.sop)).equals(dataSetOf(file))).toBe(true);
  expect(peakMemoryMb(gateway.pid)).toBeLessThan(200);
});

test('What arrived before a kill is sent after it, and what had not completely arrived is forgotten', async () => {
  await gateway.end('SIGKILL');
  const uids = newUids();
  mkdirSync(join(gateway.folder, 'spool'), { recursive: true });
  writeFileSync(join(gateway.folder, 'spool', 'waiting', '1-000000000-x.dcm'), slice(uids));
  writeFileSync(join(gateway.folder, 'spool', 'incoming', '1-000000001-y.dcm'), 'half');
  await gateway.start();
  await isSent();
  expect((await served(uids.sop)).equals(slice(uids))).toBe(true);
  expect(gateway.spooled('incoming')).toEqual([]);
  expect(await gateway.end()).toBe(0);
  await gateway.start();
});

test('A full spool and an instance over the limit are refused before they are acknowledged', async () => {
  const full = new RunningGateway(
    { url: 'http://localhost:9', spool: { folder: 'spool', maxBytes: 5_000 }, maxInstanceBytes: 20_000 },
    { NEGATOSCOPE_TOKEN: 'x' },
  );
  try {
    await full.start();
    const send = (size: number) =>
      full.dcmtk('storescu', '-R', '-v', write('sent.dcm', dicomFile(greyImage(newUids(), size))));
    await send(50);
    await expect(send(50)).rejects.toThrow(/Refused: OutOfResources/);
    expect(full.spooled('waiting')).toHaveLength(1);
    await expect(send(200)).rejects.toThrow(/Failed|Error/);
    expect(full.spooled('incoming')).toEqual([]);
  } finally {
    await full.delete();
  }
});

test('The status tells what was received, stored and refused, as a page, as JSON, and for Prometheus', async () => {
  const status = await (await gateway.status('/status')).json();
  expect(status).toMatchObject({
    aeTitle: 'GATEWAY',
    associations: { open: 0 },
    spool: { instances: 0, refused: 1 },
  });
  expect(await (await gateway.status('/')).text()).toContain('<h1>GATEWAY: Negatoscope gateway</h1>');
  const metrics = await (await gateway.status('/metrics')).text();
  expect(metrics).toMatch(/^negatoscope_gateway_spool_refused_instances 1$/m);
  expect((await gateway.status('/other')).status).toBe(404);
});
