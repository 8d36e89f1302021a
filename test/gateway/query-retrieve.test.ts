import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../lib/local/free-port.ts';
import { readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import { textValue } from '../../lib/media/dicom/parse/text-values.ts';
import { dicomForm, newUid, newUids, slice, type Uids } from '../fixtures/dicom-uploads.ts';
import { dicomFile, type FixtureElement, syntaxes } from '../fixtures/dicoms.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { PATIENT_1 } from '../support/people.ts';
import type { Client } from '../support/service.ts';
import { dataSetOf, greyImage } from './instances.ts';
import { keyWith, RunningGateway } from './running-gateway.ts';
import { StoreScp } from './store-scp.ts';

const service = useOwnStack();
let staff: Client;
let gateway: RunningGateway;
let archive: StoreScp;
const study = newUid();
const series = newUid();
const ct = [1, 2, 3].map(() => newUids({ study, series }));
const big: Uids = newUids({ study });
const name: FixtureElement[] = [
  ['00080005', 'CS', 'ISO_IR 192'],
  ['00100010', 'PN', 'Müller^Jürgen'],
];

beforeAll(async () => {
  staff = await service.as('staff');
  for (const uids of ct)
    await staff.send('POST', '/dicom/upload', dicomForm(new Uint8Array(slice(uids, name))));
  const bigEndian = dicomFile(
    [...greyImage(big), ['00100020', 'LO', PATIENT_1], ...name],
    syntaxes.bigEndian,
  );
  expect((await staff.send('POST', '/dicom/upload', dicomForm(new Uint8Array(bigEndian)))).status).toBe(201);
  const port = await freePort();
  gateway = new RunningGateway(
    {
      url: service.stack.url,
      peers: [
        { aeTitle: 'MODALITY' },
        { aeTitle: 'ARCHIVE', address: '127.0.0.1', port },
        { aeTitle: 'NOWHERE' },
      ],
    },
    await keyWith(service, 'dicom:store', 'dicom:read'),
  );
  await gateway.start();
  archive = await StoreScp.start(join(gateway.folder, 'archive'), port);
});
afterAll(async () => {
  await archive.end();
  await gateway.delete();
});

const find = (model: string, ...keys: string[]) =>
  gateway.dcmtk('findscu', '-v', model, ...keys.flatMap((key) => ['-k', key]));
const responses = (output: string) => output.match(/Find Response: \d+/g)?.length ?? 0;
const sopOf = (file: Buffer) => textValue(readDicom(file).dataSet, '00080018');
const filesIn = (folder: string) => readdirSync(folder).map((each) => readFileSync(join(folder, each)));

test('C-FIND answers at the levels of patient, study, series and image', async () => {
  const date = '0008,0020=20250101-20251231';
  const studies = await find('-S', '0008,0052=STUDY', `0020,000D=${study}`, '0010,0010', '0020,1208', date);
  expect(responses(studies)).toBe(1);
  expect(studies).toMatch(/\(0020,1208\) IS \[4/);
  // Old devices do not know UTF-8: the name fits into ISO 8859-1.
  expect(studies).toContain('(0008,0005) CS [ISO_IR 100]');
  const patients = await find('-P', '0008,0052=PATIENT', `0010,0020=${PATIENT_1.slice(0, -2)}*`, '0010,0010');
  expect(responses(patients)).toBe(1);
  const ofStudy = await find('-S', '0008,0052=SERIES', `0020,000D=${study}`, '0020,000E', '0008,0060');
  expect(responses(ofStudy)).toBe(2);
  const images = await find('-S', '0008,0052=IMAGE', `0020,000E=${series}`, '0008,0018', '0020,0013');
  for (const { sop } of ct) expect(images).toContain(sop);
  const two = [ct[0]?.sop, ct[1]?.sop].join('\\');
  expect(responses(await find('-S', '0008,0052=IMAGE', `0008,0018=${two}`))).toBe(2);
  expect(responses(await find('-S', '0008,0052=STUDY', '0020,000D=1.2.3.4.999'))).toBe(0);
});

test('C-FIND answers without a key that the service does not know, and says so', async () => {
  const answer = await find('-S', '0008,0052=STUDY', `0020,000D=${study}`, '0018,0015=HEAD');
  expect(responses(answer)).toBe(1);
  expect(answer).toContain('Pending: Warning');
});

test('A query without a level is refused', async () => {
  expect(await find('-S', '0020,000D=1.2')).toMatch(/Failed|Error/);
});

test('C-MOVE sends a series to a peer, with the bytes of the service', async () => {
  await gateway.dcmtk(
    'movescu',
    '-S',
    '-aem',
    'ARCHIVE',
    '-k',
    '0008,0052=SERIES',
    '-k',
    `0020,000E=${series}`,
  );
  const moved = filesIn(archive.folder);
  expect(moved.map(sopOf).sort()).toEqual(ct.map(({ sop }) => sop).sort());
  for (const uids of ct) {
    const file = moved.find((each) => sopOf(each) === uids.sop);
    expect(file && dataSetOf(file).equals(dataSetOf(slice(uids, name)))).toBe(true);
  }
});

test.each([
  ['an unknown destination', 'NOWHERE', ['-k', '0008,0052=STUDY', '-k', `0020,000D=${study}`]],
  ['everything', 'ARCHIVE', ['-k', '0008,0052=STUDY', '-k', '0020,000D=']],
])('C-MOVE to or of %s is refused', async (_name, destination, keys) => {
  const before = filesIn(archive.folder).length;
  const answer = await gateway.dcmtk('movescu', '-v', '-S', '-aem', destination, ...keys).catch(String);
  expect(answer).toMatch(/Refused|Failed|Error/);
  expect(filesIn(archive.folder)).toHaveLength(before);
});

test('C-GET returns a study through the same association', async () => {
  const folder = join(gateway.folder, 'got');
  mkdirSync(folder);
  const keys = ['-k', '0008,0052=STUDY', '-k', `0020,000D=${study}`];
  await gateway.dcmtk('getscu', '-S', '-od', folder, ...keys);
  expect(filesIn(folder).map(sopOf).sort()).toEqual([...ct, big].map(({ sop }) => sop).sort());
});
