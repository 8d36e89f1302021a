import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../lib/local/free-port.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { until } from '../support/service.ts';
import { RunningGateway } from './running-gateway.ts';
import { StoreScp } from './store-scp.ts';

const service = useOwnStack();
const uids = newUids();
let gateway: RunningGateway;
let archive: StoreScp;
let stowPort: number;
beforeAll(async () => {
  const staff = await service.as('staff');
  await staff.send('POST', '/dicom/upload', dicomForm(new Uint8Array(slice(uids))));
  const port = await freePort();
  stowPort = await freePort();
  gateway = new RunningGateway(
    {
      url: service.stack.url,
      tls: { keyFile: 'own.key', certificateFile: 'own.pem', authorityFile: 'clinic.pem' },
      stow: { port: stowPort, addresses: ['127.0.0.1'] },
      peers: [{ aeTitle: 'MODALITY' }, { aeTitle: 'ARCHIVE', address: '127.0.0.1', port, tls: true }],
    },
    { NEGATOSCOPE_TOKEN: await service.stack.token('staff') },
  );
  for (const authority of ['clinic', 'stranger'])
    openssl('req', '-x509', ...newKey(authority), '-out', `${authority}.pem`);
  for (const [name, authority] of [
    ['own', 'clinic'],
    ['device', 'clinic'],
    ['intruder', 'stranger'],
  ] as const) {
    openssl('req', ...newKey(name), '-out', `${name}.csr`);
    const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
  }
  await gateway.start();
  archive = await StoreScp.start(join(gateway.folder, 'archive'), port, ...tlsOf('device'));
});
afterAll(async () => {
  await archive.end();
  await gateway.delete();
});

const newKey = (name: string) => [
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-subj',
  `/CN=${name}`,
  '-keyout',
  `${name}.key`,
];
const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { cwd: gateway.folder, stdio: 'ignore' });
const inFolder = (name: string) => join(gateway.folder, name);
const tlsOf = (name: string) => [
  '+tls',
  inFolder(`${name}.key`),
  inFolder(`${name}.pem`),
  '+cf',
  inFolder('clinic.pem'),
  '-v',
];

/** The TLS of the device, as Node has it. */
const deviceTls = () => ({
  key: readFileSync(inFolder('device.key')),
  cert: readFileSync(inFolder('device.pem')),
  ca: readFileSync(inFolder('clinic.pem')),
  checkServerIdentity: () => undefined,
});

test('Associations in both directions are encrypted, with certificates of the clinic', async () => {
  await gateway.dcmtk('echoscu', ...tlsOf('device'));
  // movescu knows no TLS.
  const tunnel = createServer((plain) => {
    const encrypted = connect({ ...deviceTls(), host: '127.0.0.1', port: gateway.port });
    plain.pipe(encrypted).pipe(plain);
  });
  tunnel.listen(0, '127.0.0.1');
  await once(tunnel, 'listening');
  const { port } = tunnel.address() as { port: number };
  const keys = ['-k', '0008,0052=STUDY', '-k', `0020,000D=${uids.study}`];
  const titles = ['-aet', 'MODALITY', '-aec', 'GATEWAY', '-aem', 'ARCHIVE'];
  await promisify(execFile)('movescu', ['-S', ...titles, ...keys, '127.0.0.1', `${port}`]);
  tunnel.close();
  expect(readdirSync(archive.folder)).toHaveLength(1);
});

test('STOW-RS is encrypted, too', async () => {
  const headers = { 'content-type': 'multipart/related; boundary=b' };
  const options = {
    ...deviceTls(),
    host: '127.0.0.1',
    port: stowPort,
    path: '/studies',
    method: 'POST',
    headers,
  };
  const stow = request(options).end('--b\r\n\r\nno DICOM\r\n--b--');
  const [response] = await once(stow, 'response');
  expect(response.statusCode).toBe(409);
});

test('A peer without a certificate of the clinic, or without TLS, gets no association', async () => {
  await expect(gateway.dcmtk('echoscu', ...tlsOf('intruder'))).rejects.toThrow(/alert|Peer aborted|TLS/);
  await expect(gateway.dcmtk('echoscu', '-to', '3', '-ta', '3')).rejects.toThrow(
    /Association Request Failed/,
  );
  await until(async () => (gateway.log.match(/: TLS: /g)?.length ?? 0) === 2);
});
