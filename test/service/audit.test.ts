import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventOfSystem } from '../fixtures/audit-events.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1, PATIENT_2 } from '../support/people.ts';
import { type Client, createBatch, decided, until, upload, useService } from '../support/service.ts';

const service = useService();
let patient: Client;
let otherPatient: Client;
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  [patient, otherPatient, doctor, admin] = await Promise.all([
    service.as('patient-1'),
    service.as('patient-2'),
    service.as('doctor'),
    service.as('admin'),
  ]);
});

/** How the issuer of the tokens names them. */
const subjectOf = async (user: string): Promise<string> =>
  JSON.parse(Buffer.from((await service.stack.token(user)).split('.')[1] ?? '', 'base64url').toString()).sub;

interface Event {
  id: string;
  action: string;
  request_id: string;
  [field: string]: unknown;
}

const startedAt = new Date().toISOString();

/** All events since the start of this file that match the query, newest first. */
async function eventsOf(query = `&from=${startedAt}`): Promise<Event[]> {
  const events: Event[] = [];
  for (let cursor = ''; ; ) {
    const page = await admin.json('GET', `/api/audit/?limit=200${query}${cursor}`, 200);
    events.push(...page.events);
    if (page.next === null) return events;
    cursor = `&cursor=${page.next}`;
  }
}

/** The events of the requests that these responses answer. */
const eventsFor = async (responses: readonly Response[], query?: string) => {
  const ids = responses.map(({ headers }) => headers.get('x-request-id'));
  return (await eventsOf(query)).filter(({ request_id }) => ids.includes(request_id));
};

// biome-ignore lint/suspicious/noExplicitAny: each test checks the answers
const bodyOf = async (response: Response): Promise<any> => response.json();

describe('Each request on patient data is logged as one event', () => {
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
        name: 'Dana Doctor',
        role: 'doctor',
        action: 'get-image',
        method: 'GET',
        path: `/api/images/${image}/`,
        patient_ids: [PATIENT_1],
        things: [`image ${image}`],
        about: 'photo-0.jpeg',
        status: 200,
        outcome: 'success',
        request_id: response.headers.get('x-request-id'),
        address: expect.stringMatching(/127\.0\.0\.1|::1/),
        has_reads: false,
      },
    ]);
  });

  test('which names what was created', async () => {
    const key = await admin.send('POST', '/api/v2/keys', { name: 'x', scopes: ['*:read'] });
    const batch = await patient.send('POST', '/api/images/batches/', { name: 'x', object_id: PATIENT_1 });
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

  test('also when it is denied or refused: the log names the patient whose data it was, the answer does not', async () => {
    const batch = await createBatch(patient);
    const denied = await otherPatient.send('GET', `/api/images/batches/${batch}/`);
    const forbidden = await patient.send('DELETE', `/api/images/batches/${batch}/`);
    const notStaff = await doctor.send('GET', '/api/v2/keys');
    const refused = await patient.send('PUT', `/api/images/batches/${batch}/`, { wrong: true });
    const none = await doctor.send('GET', '/api/images/batches/0190c6a4-7b3e-7000-8000-000000000000/');
    expect([denied, forbidden, notStaff, refused, none].map(({ status }) => status)).toEqual([
      404, 403, 403, 400, 404,
    ]);
    const events = await eventsFor([denied, forbidden, notStaff, refused, none]);
    expect(events.map(({ role, outcome, patient_ids }) => [role, outcome, patient_ids]).reverse()).toEqual([
      ['patient', 'denied', [PATIENT_1]],
      ['patient', 'denied', [PATIENT_1]],
      ['doctor', 'denied', []],
      ['patient', 'refused', []],
      ['doctor', 'denied', []],
    ]);
    expect(events.at(-1)?.who).toBe(await subjectOf('patient-2'));
  });

  test('also when its download is interrupted', async () => {
    const batch = await createBatch(patient);
    // More than fits into the buffers between the server and the client.
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
      const events = await eventsOf(`&patient_id=${PATIENT_1}`);
      const found = events.filter(({ request_id }) => request_id === requestId);
      // It was opened before its first byte.
      return found.length > 0 && found[0]?.outcome !== 'opened' && found;
    });
    expect(aborted).toMatchObject([{ action: 'download-batch', status: 200, outcome: 'aborted' }]);
    expect(await eventsFor([whole])).toMatchObject([{ action: 'download-batch', outcome: 'success' }]);
  });

  test('but the frames of a series that a person reads within a minute are one event, which lists them', async () => {
    const uids = newUids();
    const instances = [1, 2, 3].map((number) => ({ ...uids, sop: newUids().sop, number }));
    for (const each of instances) await patient.json('POST', '/dicom/upload', 201, dicomForm(slice(each)));
    const series = `/dicom-web/studies/${uids.study}/series/${uids.series}`;
    const read = async () => {
      for (const { sop } of instances) {
        const response = await doctor.send('GET', `${series}/instances/${sop}/frames/1`);
        expect(response.status).toBe(200);
        await response.arrayBuffer();
      }
    };
    // Both in one minute.
    if (new Date().getSeconds() > 45) await new Promise((resolve) => setTimeout(resolve, 15_000));
    await read();
    await read();
    const found = (await eventsOf(`&patient_id=${PATIENT_1}`)).filter(
      ({ things }) => String(things) === `series ${uids.series}`,
    );
    expect(found).toMatchObject([{ action: 'get-frames', outcome: 'success', status: 200, has_reads: true }]);
    const event = await admin.json('GET', `/api/audit/${found[0]?.id}`, 200);
    expect(event).toMatchObject({ action: 'get-frames', patient_ids: [PATIENT_1], has_more_reads: false });
    expect(event.reads.sort()).toEqual(instances.map(({ sop }) => `instance ${sop} frames 1`).sort());
    await admin.json('GET', '/api/audit/0190c6a4-7b3e-7000-8000-000000000000', 404);
  });

  test('also when somebody opens a link, whose secret is not in the log', async () => {
    const batch = await createBatch(patient);
    const [image = ''] = await upload(patient, batch, [await photo()]);
    await decided(patient, image);
    const { images } = await patient.json('GET', `/api/v2/images/patient/${PATIENT_1}`, 200);
    const { url } = images.find(({ id }: { id: string }) => id === image);
    const opened = await service.with({}).send('GET', new URL(url).pathname);
    const forged = await service.with({}).send('GET', `${new URL(url).pathname.slice(0, -3)}xyz`);
    expect([opened.status, forged.status]).toEqual([307, 404]);
    const events = await eventsFor([opened, forged]);
    expect(events).toMatchObject([
      { role: 'link', who: null, outcome: 'denied', things: [`image ${image}`] },
      { role: 'link', who: null, outcome: 'success', things: [`image ${image}`], patient_ids: [PATIENT_1] },
    ]);
    expect(JSON.stringify(events)).not.toContain(url.slice(-20));
  });

  test('and a request on many patients at once appears in the list of each patient', async () => {
    const one = await upload(patient, await createBatch(patient), [await photo()]);
    const other = await upload(otherPatient, await createBatch(otherPatient, PATIENT_2), [await photo()]);
    const response = await doctor.send('PATCH', '/api/images/', { ids: [...one, ...other], caption: 'x' });
    expect(await eventsFor([response])).toHaveLength(1);
    for (const id of [PATIENT_1, PATIENT_2]) {
      const events = await eventsFor([response], `&patient_id=${id}`);
      expect(events).toMatchObject([{ action: 'update-images', patient_ids: [PATIENT_1, PATIENT_2] }]);
    }
  });

  test('and so does a request on more patients than one transaction holds', async () => {
    const { auditLog, auditReader } = await directAccess(service);
    const patientIds = Array.from({ length: 200 }, (_value, index) => `P-many-${index}`);
    const event = {
      ...eventOfSystem(),
      action: 'list-record-images',
      patientIds,
      things: patientIds.map((id) => `image ${id}`),
    };
    await auditLog.append(event);
    // An attempt whose answer was lost.
    await auditLog.append(event);
    for (const patientId of ['P-many-0', 'P-many-1', 'P-many-99', 'P-many-100', 'P-many-199']) {
      const { items } = await auditReader.list({ patientId }, { limit: 10 });
      expect(items.map(({ action }) => action)).toEqual(['list-record-images']);
    }
  });

  test('as exactly one, also when fifty are sent at the same time', async () => {
    const batch = await createBatch(patient);
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => doctor.send('GET', `/api/images/batches/${batch}/`)),
    );
    expect(await eventsFor(responses)).toHaveLength(50);
  });

  test('and the outcome of an upload is logged once, however often its events are delivered', async () => {
    const broken = { name: 'broken.jpg', type: 'image/jpeg', bytes: new TextEncoder().encode('GIF89a') };
    const images = await upload(patient, await createBatch(patient), [await photo(), broken]);
    for (const image of images) await decided(patient, image);
    for (const image of images) {
      const ofPipeline = await until(async () => {
        const events = await eventsOf(`&patient_id=${PATIENT_1}`);
        const found = events.filter(
          ({ action, things }) => action === 'make-thumbnail' && String(things) === `image ${image}`,
        );
        return found.length > 0 && found;
      });
      expect(ofPipeline).toMatchObject([{ role: 'system', who: null, outcome: 'success' }]);
    }
  });
});

describe('The audit log', () => {
  test('is readable by admins only', async () => {
    for (const client of [patient, doctor, await service.as('staff')]) {
      await client.json('GET', '/api/audit/', 403);
    }
  });

  test('can be filtered by patient, person and time', async () => {
    const from = new Date().toISOString();
    await createBatch(otherPatient, PATIENT_2);
    const to = new Date().toISOString();
    await createBatch(otherPatient, PATIENT_2);
    const during = `&from=${from}&to=${to}`;
    const who = await subjectOf('patient-2');
    expect(await eventsOf(`&who=${who}${during}`)).toMatchObject([{ action: 'create-batch' }]);
    expect(await eventsOf(`&patient_id=${PATIENT_2}&who=${who}${during}`)).toHaveLength(1);
    expect(await eventsOf(`&patient_id=${PATIENT_2}&who=doctor${during}`)).toHaveLength(0);
    // An event of a series is found by every moment of its minute.
    const ofOther = await eventsOf(`&patient_id=${PATIENT_1}${during}`);
    expect(ofOther.filter(({ has_reads }) => !has_reads)).toEqual([]);
    expect((await eventsOf(during)).filter((event) => event.who === who)).toHaveLength(1);
    await admin.json('GET', '/api/audit/?from=yesterday', 400);
  });
});
