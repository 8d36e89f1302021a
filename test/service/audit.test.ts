import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { DeleteCommand, NumberValue, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { auditKey } from '../../lib/data/keys.ts';
import { connectTable } from '../../lib/data/table.ts';
import type { AuditEvent } from '../../lib/domain/audit-event.ts';
import { photo } from '../fixtures/photos.ts';
import { backstage } from '../support/backstage.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../support/service.ts';

const service = useService();
let patient: Client;
let stranger: Client;
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  [patient, stranger, doctor, admin] = await Promise.all([
    service.as('patient-1'),
    service.as('patient-2'),
    service.as('doctor'),
    service.as('admin'),
  ]);
});

/** Who they are to the issuer of their token. */
const subjectOf = async (user: string): Promise<string> =>
  JSON.parse(Buffer.from((await service.stack.token(user)).split('.')[1] ?? '', 'base64url').toString()).sub;

interface Event {
  id: string;
  action: string;
  request_id: string;
  [field: string]: unknown;
}

/** All events that the query finds, newest first. */
async function eventsOf(query = ''): Promise<Event[]> {
  const events: Event[] = [];
  for (let cursor = ''; ; ) {
    const page = await admin.json('GET', `/api/audit/?limit=50${query}${cursor}`, 200);
    events.push(...page.events);
    if (page.next === null) return events;
    cursor = `&cursor=${page.next}`;
  }
}

/** The events of the requests that these responses answer. */
const eventsFor = async (responses: readonly Response[], query = '') => {
  const ids = responses.map(({ headers }) => headers.get('x-request-id'));
  return (await eventsOf(query)).filter(({ request_id }) => ids.includes(request_id));
};

const eventOfSystem = (): AuditEvent => ({
  id: newId(),
  at: new Date().toISOString(),
  subject: null,
  role: 'system',
  action: 'test',
  method: '',
  path: '',
  patientIds: [],
  things: [],
  status: 0,
  outcome: 'success',
  requestId: null,
  address: null,
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by each test
const bodyOf = async (response: Response): Promise<any> => response.json();

describe('Each request on patient data is one event', () => {
  test('with who, role, what, which patient, outcome, request and address', async () => {
    const batch = await createBatch(patient);
    const [image = ''] = await upload(patient, batch, [await photo()]);
    await decided(patient, image);
    const response = await doctor.send('GET', `/api/images/${image}/`);
    expect(await eventsFor([response])).toEqual([
      {
        id: expect.any(String),
        at: expect.stringMatching(/Z$/),
        who: await subjectOf('doctor'),
        role: 'doctor',
        action: 'get-image',
        method: 'GET',
        path: `/api/images/${image}/`,
        patient_ids: ['P-1001'],
        things: [`image ${image}`],
        status: 200,
        outcome: 'success',
        request_id: response.headers.get('x-request-id'),
        address: expect.stringMatching(/127\.0\.0\.1|::1/),
      },
    ]);
  });

  test('which names what was made', async () => {
    const key = await admin.send('POST', '/api/v2/keys', { name: 'x', scopes: ['*:read'] });
    const batch = await patient.send('POST', '/api/images/batches/', { name: 'x', object_id: 'P-1001' });
    const examenID = randomUUID();
    const exam = await doctor.send('POST', '/examens-medicaux/images', {
      examenID,
      studyInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.2.31',
      seriesInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.1.31',
      sopInstanceUID: '1.2.840.113619.2.15.1008000062035011254.825190719.0.31.2.1',
      dateAcquisition: '1996-03-08T00:00:00.000Z',
      modalite: 'CT',
      description: 'Chest CT scan',
    });
    expect([key, batch, exam].map(({ status }) => status)).toEqual([201, 201, 201]);
    const events = await eventsFor([key, batch, exam]);
    const things = (response: Response) =>
      events.find(({ request_id }) => request_id === response.headers.get('x-request-id'))?.things;
    expect(things(key)).toEqual([`key ${(await bodyOf(key)).id}`]);
    expect(things(batch)).toEqual([`batch ${(await bodyOf(batch)).id}`]);
    expect(things(exam)).toEqual([`exam ${examenID}`, `exam image ${(await bodyOf(exam)).imageID}`]);
  });

  test('also when it is denied or refused: whose data it would have been stands in the log, not in the answer', async () => {
    const batch = await createBatch(patient);
    const denied = await stranger.send('GET', `/api/images/batches/${batch}/`);
    const forbidden = await patient.send('DELETE', `/api/images/batches/${batch}/`);
    const notStaff = await doctor.send('GET', '/api/v2/keys');
    const refused = await patient.send('PUT', `/api/images/batches/${batch}/`, { wrong: true });
    const none = await doctor.send('GET', '/api/images/batches/0190c6a4-7b3e-7000-8000-000000000000/');
    expect([denied, forbidden, notStaff, refused, none].map(({ status }) => status)).toEqual([
      404, 403, 403, 400, 404,
    ]);
    const events = await eventsFor([denied, forbidden, notStaff, refused, none]);
    expect(events.map(({ role, outcome, patient_ids }) => [role, outcome, patient_ids]).reverse()).toEqual([
      ['patient', 'denied', ['P-1001']],
      ['patient', 'denied', ['P-1001']],
      ['doctor', 'denied', []],
      ['patient', 'refused', []],
      ['doctor', 'denied', []],
    ]);
    expect(events.at(-1)?.who).toBe(await subjectOf('patient-2'));
  });

  test('also when its download breaks off', async () => {
    const batch = await createBatch(patient);
    // More than fits into the buffers on the way.
    const file = await photo({ width: 1900, height: 1400, format: 'png' });
    expect(file.bytes.length).toBeGreaterThan(3_000_000);
    const images = await upload(patient, batch, Array(8).fill(file));
    for (const image of images) await decided(patient, image);
    const url = `/api/images/batches/${batch}/download/`;
    const whole = await patient.send('GET', url);
    await whole.arrayBuffer();
    const token = await service.stack.token('patient-1');
    const requestId = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      httpRequest(new URL(url, service.stack.url), { headers }, (response) => {
        response.once('data', () => {
          resolve(String(response.headers['x-request-id']));
          response.destroy();
        });
      })
        .on('error', reject)
        .end();
    });
    const aborted = await until(async () => {
      const events = await eventsOf('&patient_id=P-1001');
      const found = events.filter(({ request_id }) => request_id === requestId);
      return found.length > 0 && found;
    });
    expect(aborted).toMatchObject([{ action: 'download-batch', status: 200, outcome: 'aborted' }]);
    expect(await eventsFor([whole])).toMatchObject([{ action: 'download-batch', outcome: 'success' }]);
  });

  test('also when a link is opened, whose secret is not in the log', async () => {
    const batch = await createBatch(patient);
    const [image = ''] = await upload(patient, batch, [await photo()]);
    await decided(patient, image);
    const { images } = await patient.json('GET', '/api/v2/images/patient/P-1001', 200);
    const { url } = images.find(({ id }: { id: string }) => id === image);
    const opened = await service.with({}).send('GET', new URL(url).pathname);
    const forged = await service.with({}).send('GET', `${new URL(url).pathname.slice(0, -3)}xyz`);
    expect([opened.status, forged.status]).toEqual([307, 404]);
    const events = await eventsFor([opened, forged]);
    expect(events).toMatchObject([
      { role: 'link', who: null, outcome: 'denied', things: [`image ${image}`] },
      { role: 'link', who: null, outcome: 'success', things: [`image ${image}`], patient_ids: ['P-1001'] },
    ]);
    expect(JSON.stringify(events)).not.toContain(url.slice(-20));
  });

  test('and of many patients at once, each one’s list has it', async () => {
    const one = await upload(patient, await createBatch(patient), [await photo()]);
    const other = await upload(stranger, await createBatch(stranger, 'P-1002'), [await photo()]);
    const response = await doctor.send('PATCH', '/api/images/', { ids: [...one, ...other], caption: 'x' });
    expect(await eventsFor([response])).toHaveLength(1);
    for (const id of ['P-1001', 'P-1002']) {
      const events = await eventsFor([response], `&patient_id=${id}`);
      expect(events).toMatchObject([{ action: 'update-images', patient_ids: ['P-1001', 'P-1002'] }]);
    }
  });

  test('and of more patients than a transaction holds, too', async () => {
    const { log } = await backstage(service);
    const patientIds = Array.from({ length: 200 }, (_, index) => `P-many-${index}`);
    const event = {
      ...eventOfSystem(),
      action: 'list-record-images',
      patientIds,
      things: patientIds.map((id) => `image ${id}`),
    };
    await log.append(event);
    // An attempt whose answer got lost.
    await log.append(event);
    for (const patientId of ['P-many-0', 'P-many-1', 'P-many-99', 'P-many-100', 'P-many-199']) {
      const { items } = await log.list({ patientId }, { limit: 10 });
      expect(items.map(({ action }) => action)).toEqual(['list-record-images']);
    }
  });

  test('exactly one, of fifty at the same time too', async () => {
    const batch = await createBatch(patient);
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => doctor.send('GET', `/api/images/batches/${batch}/`)),
    );
    expect(await eventsFor(responses)).toHaveLength(50);
  });

  test('and so is what becomes of an upload, once, whatever events come', async () => {
    const broken = { name: 'broken.jpg', type: 'image/jpeg', bytes: new TextEncoder().encode('GIF89a') };
    const images = await upload(patient, await createBatch(patient), [await photo(), broken]);
    for (const image of images) await decided(patient, image);
    for (const image of images) {
      const ofPipeline = await until(async () => {
        const events = await eventsOf('&patient_id=P-1001');
        const found = events.filter(
          ({ action, things }) => action === 'make-thumbnail' && String(things) === `image ${image}`,
        );
        return found.length > 0 && found;
      });
      expect(ofPipeline).toMatchObject([{ role: 'system', who: null, outcome: 'success' }]);
    }
  });

  test('and health, documents and 401 are none', async () => {
    const before = (await eventsOf()).length;
    const nobody = await service.as();
    await nobody.json('GET', '/health', 200);
    await nobody.json('GET', '/api/images/?patient_id=P-1001', 401);
    // The two lists themselves.
    expect((await eventsOf()).length).toBe(before + Math.ceil(before / 50));
  });
});

describe('The log', () => {
  test('is for admins', async () => {
    for (const client of [patient, doctor, await service.as('staff')]) {
      await client.json('GET', '/api/audit/', 403);
    }
  });

  test('is filtered by patient, person and time', async () => {
    const from = new Date().toISOString();
    await createBatch(stranger, 'P-1002');
    const to = new Date().toISOString();
    await createBatch(stranger, 'P-1002');
    const during = `&from=${from}&to=${to}`;
    const who = await subjectOf('patient-2');
    expect(await eventsOf(`&who=${who}${during}`)).toMatchObject([{ action: 'create-batch' }]);
    expect(await eventsOf(`&patient_id=P-1002&who=${who}${during}`)).toHaveLength(1);
    expect(await eventsOf(`&patient_id=P-1002&who=doctor${during}`)).toHaveLength(0);
    expect(await eventsOf(`&patient_id=P-1001${during}`)).toHaveLength(0);
    expect((await eventsOf(during)).filter((event) => event.who === who)).toHaveLength(1);
    await admin.json('GET', '/api/audit/?from=yesterday', 400);
  });
});

describe('npm run audit:verify', () => {
  const verify = async () => {
    const root = path.join(import.meta.dirname, '..', '..');
    const env = {
      ...process.env,
      AUDIT_TABLE_NAME: service.stack.output('AuditTableName'),
      BUCKET_NAME: service.stack.output('BucketName'),
    };
    return promisify(execFile)(process.execPath, ['bin/audit-verify.ts'], { cwd: root, env }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    );
  };
  const table = () => connectTable(service.stack.output('AuditTableName'));

  test('finds nothing in a log that nobody changed', async () => {
    await backstage(service);
    await createBatch(patient);
    const { code, output } = await until(async () => {
      const found = await verify();
      return found.output.includes(' 0 not sealed yet') && found;
    });
    expect(output).toMatch(
      /^[1-9]\d* segments, [1-9]\d* sealed events, 0 not sealed yet\nNothing was changed/,
    );
    expect(code).toBe(0);
  });

  test.each([
    [
      'changed',
      async (item: Record<string, unknown>) => {
        const update = {
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'subject' },
          ExpressionAttributeValues: { ':s': 'somebody-else' },
        };
        await table().client.send(
          new UpdateCommand({ TableName: table().name, Key: { pk: item.pk, sk: item.sk }, ...update }),
        );
      },
    ],
    [
      'deleted',
      async (item: Record<string, unknown>) => {
        await table().client.send(
          new DeleteCommand({ TableName: table().name, Key: { pk: item.pk, sk: item.sk } }),
        );
      },
    ],
    [
      'slipped in later',
      async (item: Record<string, unknown>) => {
        const id = '01900000-0000-7000-8000-000000000000';
        await table().client.send(
          new PutCommand({
            TableName: table().name,
            Item: { ...item, id, pk: `EVENT#${id}`, at: '2020-01-01T00:00:00Z' },
          }),
        );
      },
    ],
  ])('finds an event that was %s', async (_, tamper) => {
    const { Items = [] } = await table().client.send(new ScanCommand({ TableName: table().name }));
    await tamper(Items[0] ?? {});
    const { code, output } = await verify();
    expect(code).toBe(1);
    expect(output).toMatch(
      /event [0-9a-f-]{36} (was tampered with|is not what was sealed|is missing in the table|is in no segment)/,
    );
  });

  test('finds one that was made unreadable, which does not hold up the sealing of those after it', async () => {
    const event = eventOfSystem();
    await (await backstage(service)).log.append(event);
    const update = {
      UpdateExpression: 'SET #s = :s REMOVE #p',
      ExpressionAttributeNames: { '#s': 'status', '#p': 'path' },
      ExpressionAttributeValues: { ':s': NumberValue.from('1e30') },
    };
    await table().client.send(
      new UpdateCommand({ TableName: table().name, Key: auditKey(event.id), ...update }),
    );
    await createBatch(patient);
    const { output } = await until(async () => {
      const found = await verify();
      return found.output.includes(' 0 not sealed yet') && found;
    });
    expect(output).toMatch(new RegExp(`event ${event.id} was tampered with: segment \\d+ says MODIFY`));
  });
});
