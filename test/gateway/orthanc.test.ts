import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../lib/local/free-port.ts';
import { newUid, newUids } from '../fixtures/dicom-uploads.ts';
import { dicomFile } from '../fixtures/dicoms.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { until } from '../support/service.ts';
import { type RunningOrthanc, startOrthanc } from '../support/start-orthanc.ts';
import { greyImage } from './instances.ts';
import { keyWith, RunningGateway } from './running-gateway.ts';

const service = useOwnStack();
let gateway: RunningGateway;
let orthanc: RunningOrthanc;
beforeAll(async () => {
  const port = await freePort();
  gateway = new RunningGateway(
    { url: service.stack.url, peers: [{ aeTitle: 'ORTHANC', address: '127.0.0.1', port }] },
    await keyWith(service, 'dicom:store', 'dicom:read'),
  );
  await gateway.start();
  const folder = join(gateway.folder, 'orthanc');
  mkdirSync(folder);
  orthanc = await startOrthanc(folder, await freePort(), {
    DicomServerEnabled: true,
    DicomAet: 'ORTHANC',
    DicomPort: port,
    DicomModalities: { gateway: ['GATEWAY', '127.0.0.1', gateway.port] },
  });
});
afterAll(async () => {
  await orthanc.stop();
  await gateway.delete();
});

const post = async (path: string, body: string | Buffer) => {
  const response = await fetch(`${orthanc.url}${path}`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text);
};
const get = async (path: string) => JSON.parse(await (await fetch(`${orthanc.url}${path}`)).text());

/** Asks the gateway for storage commitment. Returns the id of the transaction. */
async function requestCommitment(...sopInstances: string[]): Promise<string> {
  const DicomInstances = sopInstances.map((sopInstance) => [CLASS, sopInstance]);
  return (await post('/modalities/gateway/storage-commitment', JSON.stringify({ DicomInstances }))).ID;
}
/** Waits for the report of the gateway. */
const reportOf = (transaction: string) =>
  until(async () => {
    const report = await get(`/storage-commitment/${transaction}`);
    return report.Status !== 'Pending' && report;
  }, 60);

const CLASS = '1.2.840.10008.5.1.4.1.1.7';

test('Orthanc sends, finds and retrieves an instance, and gets it committed', async () => {
  const uids = newUids();
  const { ID } = await post('/instances', dicomFile(greyImage(uids)));
  await post('/modalities/gateway/echo', '{}');
  await post('/modalities/gateway/store', ID);
  const report = await reportOf(await requestCommitment(uids.sop));
  expect(report).toMatchObject({ Status: 'Success', Success: [{ SOPInstanceUID: uids.sop }], Failures: [] });

  const query = { Level: 'Study', Query: { StudyInstanceUID: uids.study } };
  const found = await post('/modalities/gateway/query', JSON.stringify(query));
  expect(await get(`/queries/${found.ID}/answers`)).toHaveLength(1);
  await fetch(`${orthanc.url}/instances/${ID}`, { method: 'DELETE' });
  expect(await get('/instances')).toEqual([]);
  await post(`/queries/${found.ID}/answers/0/retrieve`, 'ORTHANC');
  expect(await get('/instances')).toEqual([ID]);
});

test('What is not stored is not committed, also after a restart', async () => {
  const uids = newUids();
  const { ID } = await post('/instances', dicomFile(greyImage(uids)));
  await post('/modalities/gateway/store', ID);
  const missing = newUid();
  const transaction = await requestCommitment(uids.sop, missing);
  await gateway.end('SIGKILL');
  await gateway.start();
  expect(await reportOf(transaction)).toMatchObject({
    Status: 'Failure',
    Success: [{ SOPInstanceUID: uids.sop }],
    Failures: [{ SOPInstanceUID: missing }],
  });
});
