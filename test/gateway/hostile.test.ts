import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeRequest } from '../../lib/gateway/dimse/associate.ts';
import { COMMAND, encodeCommand, STATUS } from '../../lib/gateway/dimse/command-set.ts';
import { connectAssociation } from '../../lib/gateway/dimse/connect.ts';
import { encodeData, PDU } from '../../lib/gateway/dimse/pdu.ts';
import type { Status } from '../../lib/gateway/http/status.ts';
import { newUid } from '../fixtures/dicom-uploads.ts';
import { peakMemoryMb } from '../support/function-process.ts';
import { until } from '../support/service.ts';
import { RunningGateway } from './running-gateway.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const ASSOCIATIONS = 20;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = new RunningGateway(
    { url: 'http://localhost:9', associations: ASSOCIATIONS },
    { NEGATOSCOPE_TOKEN: 'x' },
  );
  await gateway.start();
});
afterAll(() => gateway.delete());

const contexts = [{ id: 1, abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }];
const request = { calledAe: 'GATEWAY', callingAe: 'MODALITY', maxPduBytes: 0, roles: [], contexts };
const associate = () =>
  connectAssociation({
    host: '127.0.0.1',
    port: gateway.port,
    calledAe: 'GATEWAY',
    callingAe: 'MODALITY',
    contexts,
  });
const store = () => ({
  field: COMMAND.store,
  messageId: 1,
  affectedSopClass: CT,
  affectedSopInstance: newUid(),
});

/** Connects, and sends what a peer would not. */
async function connection(...parts: Uint8Array[]): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  for (const part of parts) socket.write(part);
  return socket.resume();
}
const status = async (): Promise<Status> => JSON.parse(await (await gateway.status('/status')).text());

test('Associations beyond the limit are rejected, and those before it store in parallel', async () => {
  const attempts = await Promise.allSettled(Array.from({ length: 100 }, associate));
  const open = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(open).toHaveLength(ASSOCIATIONS);
  const statuses = open.map(async (association) => {
    await association.send(1, store(), [Buffer.alloc(3_000_000, 3)]);
    const response = await association.receive();
    await association.release();
    return response?.command.status;
  });
  expect(await Promise.all(statuses)).toEqual(Array(ASSOCIATIONS).fill(STATUS.success));
  expect(gateway.spooled('waiting')).toHaveLength(ASSOCIATIONS);
  await gateway.dcmtk('echoscu');
});

test('Junk, huge lengths, endless commands and half-open connections leave no file and little memory', async () => {
  const start = encodeRequest(request);
  const command = encodeData(1, true, true, encodeCommand(store(), true));
  const hostile: Uint8Array[][] = [
    [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    [Buffer.from([PDU.associateRequest, 0, 255, 255, 255, 255]), Buffer.alloc(1_000_000)],
    [start, Buffer.from([PDU.data, 0, 255, 255, 255, 255]), Buffer.alloc(1_000_000)],
    [start, ...Array(100).fill(encodeData(1, true, false, Buffer.alloc(60_000)))],
    [start, command, encodeData(1, false, false, Buffer.alloc(60_000)), command],
    [start, Buffer.alloc(1000, 9)],
  ];
  const sockets = await Promise.all(hostile.map((parts) => connection(...parts)));
  await until(async () => sockets.every(({ closed }) => closed));
  // These send nothing, or nothing more. They are closed later, by their time.
  const silent = await Promise.all([
    connection(),
    connection(start.subarray(0, 40)),
    connection(start, command, encodeData(1, false, false, Buffer.alloc(60_000))),
  ]);
  await gateway.dcmtk('echoscu');
  for (const socket of silent) socket.destroy();
  await until(async () => (await status()).associations.open === 0);
  await until(async () => gateway.spooled('incoming').length === 0);
  expect(gateway.spooled('waiting')).toHaveLength(ASSOCIATIONS);
  expect((await status()).spool.bytes).toBeLessThan(ASSOCIATIONS * 3_001_000);
  expect(gateway.log).toContain('a PDU of type 71 came before the association');
  expect(gateway.log).toContain('4294967295 bytes');
  expect(peakMemoryMb(gateway.pid)).toBeLessThan(200);
});

test('A data set without an end is refused at the limit of an instance', async () => {
  const association = await associate();
  async function* endless(): AsyncGenerator<Buffer> {
    for (let parts = 0; parts < 110; parts++) yield Buffer.alloc(1024 * 1024);
  }
  await association.send(1, store(), endless());
  expect((await association.receive())?.command).toMatchObject({ status: STATUS.cannotUnderstand });
  // The association goes on.
  await association.send(1, store(), [Buffer.alloc(1000)]);
  expect((await association.receive())?.command).toMatchObject({ status: STATUS.success });
  await association.release();
  expect(peakMemoryMb(gateway.pid)).toBeLessThan(200);
});
