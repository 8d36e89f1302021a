import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket as Client } from 'ws';
import { handle as notify } from '../../functions/events/notify/handler.ts';
import { Message } from '../../lib/api/notifications.ts';
import type { Connections } from '../../lib/data/connections.ts';
import type { Connection } from '../../lib/domain/sockets/connection.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { type Listener, listen, listenWith, refused } from '../support/listener.ts';
import { newPatient, PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { createBatch, decided, until, upload, useService } from '../support/service.ts';

const service = useService();
let direct: Awaited<ReturnType<typeof directAccess>>;
let connections: Connections;
beforeAll(async () => {
  direct = await directAccess(service);
  connections = direct.connections;
});

const doctor = () => service.as('doctor');
const of = (id: string, type: string) => (message: { type: string; image?: { id: string } }) =>
  message.type === type && message.image?.id === id;

/** Waits for a notification that is sent after those of everything done before. */
async function waitForMarker(patientId: string, ...listeners: Listener[]) {
  const id = await createBatch(await doctor(), patientId, 'Marker');
  await Promise.all(listeners.map((each) => each.waitFor(({ batch }) => batch?.id === id)));
}

describe('A socket', () => {
  test('notifies of an image from its arrival to its end, as the API shows it', async () => {
    const client = await service.as('patient-1');
    const batchId = await createBatch(client);
    const patient = await listen(service, 'patient-1');
    const [id = ''] = await upload(client, batchId, [await photo()]);
    const { thumbnail_url: _thumbnail_url, ...shown } = await decided(client, id);
    expect(await patient.waitFor(of(id, 'IMAGE_READY'))).toEqual({ type: 'IMAGE_READY', image: shown });

    await client.json('PATCH', `/api/images/${id}/`, 200, { caption: 'left eye' });
    expect(await patient.waitFor(of(id, 'IMAGE_CHANGED'))).toMatchObject({ image: { caption: 'left eye' } });
    await (await doctor()).json('DELETE', `/api/images/${id}/`, 204);
    await patient.waitFor(of(id, 'IMAGE_DELETED'));

    const types = patient.messages.flatMap(({ type, image }) => (image?.id === id ? [type] : []));
    expect(types).toEqual(['IMAGE_UPLOADED', 'IMAGE_READY', 'IMAGE_CHANGED', 'IMAGE_DELETED']);
    for (const message of patient.messages) expect(Message.parse(message)).toEqual(message);
  });

  test('notifies why an image is rejected, and not of an upload that never arrives', async () => {
    const client = await service.as('patient-1');
    const batchId = await createBatch(client);
    const patient = await listen(service, 'patient-1');
    const bytes = new TextEncoder().encode('no picture');
    const [id = ''] = await upload(client, batchId, [{ name: 'a.jpg', bytes, type: 'image/jpeg' }]);
    const { image } = await patient.waitFor(of(id, 'IMAGE_REJECTED'));
    expect(image.status_reason).not.toBe('');

    const { uploads } = await client.json('POST', `/api/images/batches/${batchId}/upload-urls/`, 201, {
      files: [{ name: 'b.jpg', size: 10, type: 'image/jpeg' }],
    });
    await (await doctor()).json('DELETE', `/api/images/${uploads[0].id}/`, 204);
    await waitForMarker(PATIENT_1, patient);
    const notified = patient.messages.flatMap((each) =>
      each.image ? [`${each.type} ${each.image.id}`] : [],
    );
    expect(notified).toEqual([`IMAGE_UPLOADED ${id}`, `IMAGE_REJECTED ${id}`]);
  });

  test('notifies of batches, of the images that are deleted with them, and of exports that are ready', async () => {
    const client = await doctor();
    const staff = await listen(service, 'staff');
    const batchId = await createBatch(client);
    const [id = ''] = await upload(client, batchId, [await photo()]);
    await staff.waitFor(({ batch }) => batch?.id === batchId && batch.image_count === 1);
    const started = await client.json('POST', `/api/images/batches/${batchId}/exports/`, 202, {});
    const ready = await staff.waitFor((message) => message.export?.id === started.id);
    const { url: _url, archives: _archives, ...shown } = await client.json('GET', started.status_url, 200);
    expect(ready).toEqual({ type: 'EXPORT_READY', export: shown });

    await client.json('PUT', `/api/images/batches/${batchId}/`, 200, { name: 'Second' });
    await staff.waitFor(({ type, batch }) => type === 'BATCH_CHANGED' && batch.name === 'Second');
    await client.json('DELETE', `/api/images/batches/${batchId}/`, 204);
    await staff.waitFor(of(id, 'IMAGE_DELETED'));
    await staff.waitFor(({ type, batch }) => type === 'BATCH_DELETED' && batch.id === batchId);
  });

  test('notifies the clinic, and no patient, of the pictures of exams', async () => {
    const [staff, patient] = await Promise.all([listen(service, 'staff'), listen(service, 'patient-1')]);
    const registered = await (await doctor()).json('POST', '/examens-medicaux/images', 201, {
      examenID: randomUUID(),
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      sopInstanceUID: '1.2.3.4.5',
      dateAcquisition: '1996-03-08T00:00:00.000Z',
      modalite: 'CT',
      description: 'Chest CT scan',
    });
    const message = await staff.waitFor(({ image }) => image?.imageID === registered.imageID);
    expect(message).toEqual({ type: 'IMAGE_UPLOADED', image: registered });
    await waitForMarker(PATIENT_1, patient);
    expect(patient.types).toEqual(['BATCH_CHANGED']);
  });

  test('notifies another patient of nothing', async () => {
    const [other, staff] = await Promise.all([listen(service, 'patient-2'), listen(service, 'staff')]);
    const client = await doctor();
    const batchId = await createBatch(client, PATIENT_1);
    const [id = '', bad = ''] = await upload(client, batchId, [
      await photo(),
      { ...(await photo()), bytes: new Uint8Array(9) },
    ]);
    await Promise.all([decided(client, id), decided(client, bad)]);
    await client.json('PATCH', `/api/images/${id}/`, 200, { category: 'posterior' });
    const { id: exported } = await client.json('POST', `/api/images/batches/${batchId}/exports/`, 202, {});
    await staff.waitFor((message) => message.export?.id === exported);
    await client.json('DELETE', `/api/images/${id}/`, 204);
    await client.json('DELETE', `/api/images/batches/${batchId}/`, 204);
    await staff.waitFor(of(bad, 'IMAGE_DELETED'));
    await waitForMarker(PATIENT_2, other, staff);
    expect(other.messages).toEqual([
      { type: 'BATCH_CHANGED', batch: expect.objectContaining({ name: 'Marker' }) },
    ]);
    expect(new Set(staff.types)).toEqual(
      new Set(Message.options.flatMap(({ shape }) => [...shape.type.values])),
    );
  });

  test('accepts any message of a client, answers it by nothing, and answers pings', async () => {
    const { socket } = await listen(service, 'staff');
    const errors: string[] = [];
    // Other people's uploads may be notified meanwhile.
    socket.on('message', (data) => /Internal server error/.test(String(data)) && errors.push(String(data)));
    for (const message of ['anything', 'null', '{"action":"other"}', '{"action":"$connect"}', '{"action":1}'])
      socket.send(message);
    socket.ping('are you there');
    const [data] = await once(socket, 'pong');
    expect(String(data)).toBe('are you there');
    expect(errors).toEqual([]);
    socket.send('x'.repeat(128 * 1024 + 1));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });
});

describe('A socket that says what it shows', () => {
  const upload1 = async (patientId: string, user = 'doctor') => {
    const client = await service.as(user);
    const batchId = await createBatch(client, patientId);
    const [id = ''] = await upload(client, batchId, [await photo()]);
    await decided(client, id);
    return { batchId, id };
  };

  test('is told of that patient and of no other, until it shows another or says that it shows anything', async () => {
    const [shown, other] = [newPatient(), newPatient()];
    const [page, all] = await Promise.all([listen(service, 'staff'), listen(service, 'staff')]);
    expect(await page.show(` ${shown.toLowerCase()} `)).toEqual({ type: 'SHOWN', patient: shown });
    // Until then it has heard of what other test files do, and may still hear of what was on its way.
    page.messages.length = 0;
    const { id: unseen } = await upload1(other);
    const { id: seen } = await upload1(shown);
    await page.waitFor(of(seen, 'IMAGE_READY'));
    await all.waitFor(of(unseen, 'IMAGE_READY'));
    expect(page.messages.filter(({ image }) => image?.id === unseen)).toEqual([]);
    const patients = page.messages.flatMap(({ batch }) => (batch ? [batch.object_id] : []));
    expect(patients).toContain(shown);
    expect(patients).not.toContain(other);

    expect(await page.show(other)).toEqual({ type: 'SHOWN', patient: other });
    const { id: later } = await upload1(other);
    await page.waitFor(of(later, 'IMAGE_READY'));
    expect(await page.show()).toEqual({ type: 'SHOWN' });
    const { id: last } = await upload1(shown);
    await page.waitFor(of(last, 'IMAGE_READY'));
  });

  test('is told of what its own person has begun, whatever it shows, and of nothing else of that patient', async () => {
    const [shown, other] = [newPatient(), newPatient()];
    const [page, nobody] = await Promise.all([listen(service, 'doctor'), listen(service, 'doctor')]);
    await Promise.all([page.show(shown), nobody.show(null)]);
    for (const each of [page, nobody]) each.messages.length = 0;
    const { batchId, id } = await upload1(other);
    const { id: foreign } = await upload1(other, 'staff');
    const { id: exported } = await (await doctor()).json(
      'POST',
      `/api/images/batches/${batchId}/exports/`,
      202,
      {},
    );
    for (const each of [page, nobody]) {
      await each.waitFor(of(id, 'IMAGE_READY'));
      await each.waitFor((message) => message.export?.id === exported);
      expect(each.messages.filter(({ batch }) => batch?.object_id === other)).toEqual([]);
      expect(each.messages.filter(({ image }) => image?.id === foreign)).toEqual([]);
    }
  });

  test('is told of what belongs to nobody if it shows no patient', async () => {
    const [page, nobody] = await Promise.all([listen(service, 'staff'), listen(service, 'staff')]);
    await Promise.all([page.show(newPatient()), nobody.show(null)]);
    page.messages.length = 0;
    const { imageID } = await (await doctor()).json('POST', '/examens-medicaux/images', 201, {
      examenID: randomUUID(),
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      sopInstanceUID: '1.2.3.4.5',
      dateAcquisition: '1996-03-08T00:00:00.000Z',
      modalite: 'CT',
      description: 'Chest CT scan',
    });
    await nobody.waitFor(({ image }) => image?.imageID === imageID);
    expect(page.messages.filter(({ image }) => image?.imageID === imageID)).toEqual([]);
  });

  test('of a patient shows no other patient, by an answer that is the same for every number', async () => {
    const patient = await listen(service, 'patient-1');
    const unknown = await patient.show(newPatient());
    expect(unknown).toEqual({
      type: 'ERROR',
      statusCode: 404,
      message: 'There is no such patient.',
      error: 'Not Found',
      details: [],
    });
    expect(await patient.show(PATIENT_2)).toEqual(unknown);
    const { id } = await upload1(PATIENT_2);
    await waitForMarker(PATIENT_1, patient);
    expect(patient.messages.filter(({ image }) => image?.id === id)).toEqual([]);
    expect(await patient.show(PATIENT_1)).toEqual({ type: 'SHOWN', patient: PATIENT_1 });
    await waitForMarker(PATIENT_1, patient);
  });

  test('is answered what is wrong with its message, and shows what it did before', async () => {
    const page = await listen(service, 'staff');
    await page.show(PATIENT_1);
    expect(await page.show('../etc')).toMatchObject({
      type: 'ERROR',
      statusCode: 400,
      message: 'Validation failed',
      details: [expect.stringMatching(/^patient /)],
    });
    expect(await page.show(7)).toMatchObject({ details: ['patient must be a string; received 7'] });
    await waitForMarker(PATIENT_1, page);
  });

  test('is in the audit log with what it shows, or tried to', async () => {
    const shown = newPatient();
    const [page, patient] = await Promise.all([listen(service, 'staff'), listen(service, 'patient-1')]);
    await page.show(shown);
    await patient.show(shown);
    const admin = await service.as('admin');
    const found = await until(async () => {
      const { events } = await admin.json('GET', `/api/audit/?patient_id=${shown}`, 200);
      return events.length === 2 && events;
    });
    expect(found).toMatchObject([
      { action: 'show-patient', role: 'patient', status: 404, outcome: 'denied' },
      { action: 'show-patient', role: 'staff', status: 200, outcome: 'success' },
    ]);
  });

  test('leaves the list of its patient when it closes', async () => {
    const shown = newPatient();
    const page = await listen(service, 'staff');
    await page.show(shown);
    const listed = async () =>
      (await connections.listFor({ patientId: shown })).filter(({ shows }) => shows === shown);
    expect(await listed()).toHaveLength(1);
    page.socket.close();
    await until(async () => (await listed()).length === 0);
  });
});

describe('A handshake', () => {
  test('names the subprotocol and never the token, as a browser requires', async () => {
    const token = await service.stack.token('staff');
    const browser = new WebSocket(`${service.stack.url.replace('http', 'ws')}/ws/`, [
      `bearer.${token}`,
      'negatoscope',
    ]);
    await new Promise((resolve, reject) => {
      browser.onopen = resolve;
      browser.onerror = reject;
    });
    expect(browser.protocol).toBe('negatoscope');
    browser.close();
  });

  test('may have the token in the same header as all requests', async () => {
    const authorization = `Bearer ${await service.stack.token('staff')}`;
    const client = new Client(`${service.stack.url.replace('http', 'ws')}/ws`, {
      headers: { authorization },
    });
    await once(client, 'open');
    expect(client.protocol).toBe('');
    client.terminate();
  });

  test('without a valid token is refused', async () => {
    const token = await service.stack.token('staff');
    const expired = await service.stack.token('staff', {}, -10);
    const { key } = await (await service.as('admin')).json('POST', '/api/v2/keys', 201, {
      name: 'Pharmacy',
      scopes: ['*:read'],
    });
    const withToken = (text: string) => ({ protocols: ['negatoscope', `bearer.${text}`] });
    expect(await refused(service, {})).toBe(401);
    expect(await refused(service, { protocols: ['negatoscope'] })).toBe(401);
    expect(await refused(service, withToken('rubbish'))).toBe(401);
    expect(await refused(service, withToken(`${token}x`))).toBe(401);
    expect(await refused(service, withToken(expired))).toBe(401);
    expect(await refused(service, { path: `?token=${token}&access_token=${token}` })).toBe(401);
    expect(await refused(service, { headers: { 'x-api-key': key } })).toBe(401);
    expect(await refused(service, { headers: { authorization: `ApiKey ${key}` }, ...withToken(token) })).toBe(
      401,
    );
  });

  test('of a person without a role, at another path, or in another protocol is refused', async () => {
    const token = await service.stack.token('staff');
    const nobody = await service.stack.token('staff', { 'cognito:groups': [] });
    expect(await refused(service, { protocols: ['negatoscope', `bearer.${nobody}`] })).toBe(403);
    expect(await refused(service, { protocols: [`bearer.${token}`] })).toBe(400);
    expect(await refused(service, { path: '/more', protocols: ['negatoscope', `bearer.${token}`] })).toBe(
      404,
    );
    expect(await refused(service, { headers: { host: 'elsewhere.example' } })).toBe(421);
  });
});

describe('A connection', () => {
  const itemOf = async (id: string) =>
    (await connections.listFor({ patientId: PATIENT_2 })).some((connection) => connection.id === id);
  /** Connections of the patient only: the clinic's include those of other test files. */
  const ids = async () =>
    (await connections.listFor({ patientId: PATIENT_2 })).flatMap(({ id, caller }) =>
      caller.role === 'patient' ? [id] : [],
    );
  const openedBy = async (open: () => Promise<Listener>) => {
    const before = await ids();
    const listener = await open();
    const [id = ''] = (await ids()).filter((each) => !before.includes(each));
    return { listener, id };
  };
  const stored = (over: object = {}) => ({
    id: `${randomUUID()}=`,
    caller: { role: 'staff' as const, subject: 's' },
    connectedAt: new Date(Date.now() - 60_000).toISOString(),
    until: Math.floor(Date.now() / 1000) + 600,
    ...over,
  });

  test('gets no notification after its token expires, and is closed then', async () => {
    const lasting = await listen(service, 'patient-2');
    const token = await service.stack.token('patient-2', {}, 600);
    const { listener: brief, id } = await openedBy(() => listenWith(service, token));
    await service.stack.tick('end-connections');
    await waitForMarker(PATIENT_2, brief, lasting);
    const heard = brief.messages.length;
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const open = (await connections.listFor({ patientId: PATIENT_2 })).find((each) => each.id === id);
    expect(open?.until).toBe(exp);
    // As if that time had come: a token of seconds would expire before the marker on a busy computer.
    await connections.add({ ...(open as Connection), until: Math.floor(Date.now() / 1000) });
    await waitForMarker(PATIENT_2, lasting);
    const closed = once(brief.socket, 'close');
    await service.stack.tick('end-connections');
    await closed;
    expect(brief.messages).toHaveLength(heard);
    expect(await itemOf(id)).toBe(false);
    expect(lasting.socket.readyState).toBe(Client.OPEN);
  });

  test('is deleted when its client closes it, or is killed', async () => {
    const { listener, id } = await openedBy(() => listen(service, 'patient-2'));
    const { listener: killed, id: other } = await openedBy(() => listen(service, 'patient-2'));
    expect([await itemOf(id), await itemOf(other)]).toEqual([true, true]);
    listener.socket.close();
    killed.socket.terminate();
    await until(async () => !(await itemOf(id)) && !(await itemOf(other)));
  });

  test('is in the audit log: who was connected, from when until when', async () => {
    const { listener, id } = await openedBy(() => listen(service, 'patient-2'));
    listener.socket.close();
    const admin = await service.as('admin');
    const found = await until(async () => {
      const { events } = await admin.json('GET', `/api/audit/?patient_id=${PATIENT_2}`, 200);
      const ownEvents = events.filter(({ things }: { things: string[] }) =>
        things.includes(`connection ${id}`),
      );
      return ownEvents.length === 2 && ownEvents;
    });
    expect(found).toMatchObject([
      { action: 'close-connection', role: 'patient', path: '/ws', outcome: 'success' },
      { action: 'open-connection', role: 'patient', address: expect.stringMatching(/127\.0\.0\.1|::1/) },
    ]);
  });

  test('that no longer exists is deleted at the next delivery, unless it may still be opening', async () => {
    const [stale, young] = [stored(), stored({ connectedAt: new Date().toISOString() })];
    await Promise.all([connections.add(stale), connections.add(young)]);
    const staff = await listen(service, 'staff');
    await waitForMarker(PATIENT_1, staff);
    await until(async () => !(await itemOf(stale.id)));
    expect(await itemOf(young.id)).toBe(true);
    await connections.remove(young);
  });

  /** Delivers a notification about a batch of P-1001 to connections; sending to those in `failing` fails. */
  async function deliver(listening: ReturnType<typeof stored>[], failing: string[] = []) {
    const sent: string[] = [];
    const closed: string[] = [];
    const removed: string[] = [];
    const batch = { ...(await direct.batches.get(await createBatch(await doctor()))), sk: 'BATCH' };
    await notify(
      { after: batch },
      {
        connections: { listFor: async () => listening, remove: async ({ id }) => void removed.push(id) },
        sockets: {
          send: async (id) => {
            if (failing.includes(id)) throw new Error('its buffer is full');
            return sent.push(id) > 0;
          },
          close: async (id) => closed.push(id) > 0,
        },
        dicomStore: direct.dicomStore,
        now: () => new Date(),
      },
    );
    return { sent, closed, removed };
  }

  test('that can not be sent to is closed, and the others are notified', async () => {
    const [slow, other] = [stored(), stored()];
    expect(await deliver([slow, other], [slow.id])).toEqual({
      sent: [other.id],
      closed: [slow.id],
      removed: [slow.id],
    });
  });

  test('is read at each delivery for its person and the end of its token, whatever list it is in', async () => {
    const patient = (patientId: string) => stored({ caller: { role: 'patient', subject: 'p', patientId } });
    const [theirs, strangers] = [patient(PATIENT_1), patient(PATIENT_2)];
    const ended = stored({ until: Math.floor(Date.now() / 1000) });
    const service = stored({
      caller: { role: 'service', subject: 'k', keyId: randomUUID(), scopes: ['*:read'] },
    });
    const { sent, removed } = await deliver([strangers, ended, service, theirs]);
    expect(sent).toEqual([theirs.id]);
    expect(removed).toEqual([]);
  });

  test('can be managed by functions with that permission, and by nobody else', async () => {
    const { listener, id: ConnectionId } = await openedBy(() => listen(service, 'patient-2'));
    const client = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      new ApiGatewayManagementApiClient({
        region: 'us-east-1',
        endpoint: `${service.stack.url}/local/sockets`,
        credentials,
      });
    const { credentials } = service.stack;
    const stack = client(credentials);
    await stack.send(new PostToConnectionCommand({ ConnectionId, Data: '{"type":"HELLO"}' }));
    await listener.waitFor(({ type }) => type === 'HELLO');
    const { ConnectedAt, LastActiveAt } = await stack.send(new GetConnectionCommand({ ConnectionId }));
    expect(Number(LastActiveAt)).toBeGreaterThanOrEqual(Number(ConnectedAt));
    const Data = 'x'.repeat(128 * 1024 + 1);
    await expect(stack.send(new PostToConnectionCommand({ ConnectionId, Data }))).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
    });

    const forbidden = { name: 'ForbiddenException' };
    const forged = client({ ...credentials, secretAccessKey: 'guessed' });
    await expect(forged.send(new DeleteConnectionCommand({ ConnectionId }))).rejects.toMatchObject(forbidden);
    const ender = client(direct.credentialsOf('end-connections'));
    await expect(ender.send(new PostToConnectionCommand({ ConnectionId, Data: '{}' }))).rejects.toMatchObject(
      forbidden,
    );
    const reader = client(direct.credentialsOf('get-image'));
    await expect(reader.send(new DeleteConnectionCommand({ ConnectionId }))).rejects.toMatchObject(forbidden);

    const closed = once(listener.socket, 'close');
    await ender.send(new DeleteConnectionCommand({ ConnectionId }));
    await closed;
    // The client receives the close frame a moment before the server has closed the connection.
    const asked = () => stack.send(new GetConnectionCommand({ ConnectionId })).then(() => 'open', String);
    await expect.poll(asked).toMatch(/GoneException/);
  });
});
