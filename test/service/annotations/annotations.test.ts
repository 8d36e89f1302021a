import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { annotationCountKey } from '../../../lib/data/keys.ts';
import { MOST_ANNOTATIONS } from '../../../lib/domain/annotations/annotation.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { listen } from '../../support/listener.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, createBatch, decided, upload, useService } from '../../support/service.ts';

const service = useService();
let [staff, doctor, admin]: Client[] = [];
let direct: Awaited<ReturnType<typeof directAccess>>;
let image: string;
beforeAll(async () => {
  [staff, doctor, admin] = await Promise.all(['staff', 'doctor', 'admin'].map((user) => service.as(user)));
  direct = await directAccess(service);
  image = await newImage();
});

async function newImage(): Promise<string> {
  const [id = ''] = await upload(doctor as Client, await createBatch(doctor as Client, PATIENT_1), [
    await photo(),
  ]);
  expect(await decided(doctor as Client, id)).toMatchObject({ status: 'ready' });
  return id;
}

const arrow = {
  kind: 'arrow',
  points: [
    [10.126, 20],
    [30, -4.5],
  ],
};
const pathOf = (id: string) => `/api/images/${id}/annotations`;
const write = (client: Client | undefined, id: string, body: object, status = 201) =>
  (client as Client).json('POST', pathOf(id), status, body);
const read = async (client: Client | undefined, id: string) =>
  (await (client as Client).json('GET', pathOf(id), 200)).annotations;
const change = (client: Client | undefined, id: string, of: string, body: object, status = 200) =>
  (client as Client).json('PUT', `${pathOf(of)}/${id}`, status, body);

describe('An annotation of an image', () => {
  test('has its points, its author and its versions, and is told to open pages', async () => {
    const listener = await listen(service, 'patient-1');
    const isOf = ({ type, image: shown }: { type: string; image?: { id: string; annotated_at?: string } }) =>
      type === 'IMAGE_CHANGED' && shown?.id === image && shown.annotated_at !== undefined;
    const link = 'https://records.clinic.example/visits/4711';
    const made = await write(doctor, image, { shape: arrow, text: 'Ulcer', link });
    expect(made).toMatchObject({
      ...{ image, page: 1, version: 1, text: 'Ulcer', link, author: { name: expect.any(String) } },
      shape: {
        kind: 'arrow',
        points: [
          [10.13, 20],
          [30, -4.5],
        ],
      },
    });
    expect(made.author).toEqual(made.changed_by);
    await listener.waitFor(isOf);
    listener.socket.close();

    const calibration = { kind: 'calibration', points: arrow.points, millimetres: 50 };
    const changed = await change(admin, made.id, image, { shape: calibration, version: 1 });
    expect(changed).toMatchObject({
      id: made.id,
      version: 2,
      text: '',
      link: null,
      shape: { millimetres: 50 },
    });
    expect([changed.author, changed.created_at]).toEqual([made.author, made.created_at]);
    expect(changed.changed_by.subject).not.toBe(made.author.subject);
    expect(await read(doctor, image)).toContainEqual(changed);

    await (doctor as Client).json('DELETE', `${pathOf(image)}/${made.id}`, 204);
    expect(await read(doctor, image)).not.toContainEqual(expect.objectContaining({ id: made.id }));
    await (doctor as Client).json('DELETE', `${pathOf(image)}/${made.id}`, 404);
    const { versions, next } = await (staff as Client).json(
      'GET',
      `${pathOf(image)}/${made.id}/versions`,
      200,
    );
    expect(versions).toEqual([
      { ...changed, version: 3, removed: true, changed_by: made.author, changed_at: expect.any(String) },
      changed,
      made,
    ]);
    expect(next).toBeNull();
    const { image: shown } = { image: await (doctor as Client).json('GET', `/api/images/${image}`, 200) };
    expect(Date.parse(shown.annotated_at)).toBeGreaterThanOrEqual(Date.parse(changed.changed_at));
  });

  test('of two people who write at the same time is there twice', async () => {
    const id = await newImage();
    const people = [staff, doctor, admin, staff, doctor, admin];
    const made = await Promise.all(
      people.map((client, index) => write(client, id, { text: `Note ${index}` })),
    );
    const listed = await read(doctor, id);
    expect(new Set(listed.map((each: { id: string }) => each.id))).toEqual(
      new Set(made.map((each) => each.id)),
    );
    expect(listed.map(({ text }: { text: string }) => text).sort()).toEqual(
      people.map((_each, at) => `Note ${at}`),
    );
  });

  test('that two people change at the same time is changed by one of them, and the other one is told', async () => {
    const { id } = await write(doctor, image, { text: 'First' });
    const answers = await Promise.all(
      [doctor, admin, doctor, admin].map((client, index) =>
        (client as Client).send('PUT', `${pathOf(image)}/${id}`, { text: `${index}`, version: 1 }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const late = await change(doctor, id, image, { text: 'Late', version: 1 }, 409);
    expect(late).toMatchObject({
      message: 'The annotation was changed meanwhile.',
      details: ['version must be 2, the newest; received 1'],
    });
    const { versions } = await (doctor as Client).json('GET', `${pathOf(image)}/${id}/versions`, 200);
    expect(versions).toHaveLength(2);
  });

  test('is changed and removed by its author and admins only', async () => {
    const { id } = await write(staff, image, { text: 'By staff' });
    expect((await change(doctor, id, image, { text: 'x', version: 1 }, 403)).message).toContain(
      'Only its author',
    );
    await (doctor as Client).json('DELETE', `${pathOf(image)}/${id}`, 403);
    await change(staff, id, image, { text: 'Again', version: 1 });
    await (admin as Client).json('DELETE', `${pathOf(image)}/${id}`, 204);
    await change(staff, id, image, { text: 'x', version: 2 }, 404);
  });

  test('is read by its patient, of whom another one and an API key learn nothing', async () => {
    const made = await write(doctor, image, { text: 'For the patient' });
    const patient = await service.as('patient-1');
    expect(await read(patient, image)).toContainEqual(made);
    const other = await service.as('patient-2');
    expect((await other.json('GET', pathOf(image), 404)).message).toBe('There is no such image.');
    for (const client of [patient, other]) {
      await write(client, image, { text: 'x' }, 403);
      await change(client, made.id, image, { text: 'x', version: 1 }, 403);
      await client.json('DELETE', `${pathOf(image)}/${made.id}`, 403);
      await client.json('GET', `${pathOf(image)}/${made.id}/versions`, 403);
    }
    const scopes = ['*:read', '*:write', 'batches:read', 'batches:write', 'dicom:read', 'dicom:store'];
    const { key } = await (admin as Client).json('POST', '/api/v2/keys', 201, { name: 'x', scopes });
    const system = service.with({ 'x-api-key': key });
    await system.json('GET', pathOf(image), 403);
    await write(system, image, { text: 'x' }, 403);
  });

  test('is refused if it is none, or not on this image', async () => {
    const details = async (body: object) => (await write(doctor, image, body, 400)).details;
    expect(await details({ text: ' ' })).toEqual(['text must not be empty']);
    expect(await details({ shape: arrow, page: 2 })).toEqual(['page must be at most 1; received 2']);
    expect(await details({ text: 'x', series: '1.2', instance: '1.2.3' })).toEqual([
      'series and instance are for studies only',
    ]);
    expect((await details({ text: 'x', link: 'http://clinic.example' }))[0]).toContain('https');
    expect((await details({ shape: { ...arrow, points: [[0, 0]] } }))[0]).toContain('points');
    expect(
      (
        await details({
          shape: {
            ...arrow,
            points: [
              [0, 0],
              [1e9, 0],
            ],
          },
        })
      )[0],
    ).toContain('points');
    expect((await details({ text: 'x'.repeat(2001) }))[0]).toContain('text');
    await write(doctor, randomUUID(), { text: 'x' }, 404);
    const elsewhere = await newImage();
    const { id } = await write(doctor, image, { text: 'Here' });
    await change(doctor, id, elsewhere, { text: 'x', version: 1 }, 404);
  });

  test('is one of a bounded number, of which removed ones are no part', async () => {
    const id = await newImage();
    const { id: first } = await write(doctor, id, { text: 'First' });
    await direct.putItem({ ...annotationCountKey({ of: id }), count: MOST_ANNOTATIONS });
    expect(await write(doctor, id, { text: 'One more' }, 409)).toMatchObject({
      message: 'There are too many annotations.',
      details: [`image must have at most ${MOST_ANNOTATIONS}; remove some of them first`],
    });
    await change(doctor, first, id, { text: 'Changed', version: 1 });
    await (doctor as Client).json('DELETE', `${pathOf(id)}/${first}`, 204);
    await write(doctor, id, { text: 'One more' });
    await write(doctor, id, { text: 'And another' }, 409);
  });

  test('is listed in parts, in the order in which they were made, and so are its versions', async () => {
    const id = await newImage();
    for (const text of ['a', 'b', 'c']) await write(doctor, id, { text });
    const [first] = await read(doctor, id);
    const textsOf = async (path: string, field: string) => {
      const texts: string[] = [];
      let cursor = '';
      do {
        const page = await (doctor as Client).json('GET', `${path}?limit=2${cursor}`, 200);
        texts.push(...page[field].map(({ text }: { text: string }) => text));
        cursor = page.next === null ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      return texts;
    };
    expect(await textsOf(pathOf(id), 'annotations')).toEqual(['a', 'b', 'c']);
    for (const version of [1, 2]) await change(doctor, first.id, id, { text: `a${version}`, version });
    expect(await textsOf(`${pathOf(id)}/${first.id}/versions`, 'versions')).toEqual(['a2', 'a1', 'a']);
    await (doctor as Client).json('GET', `${pathOf(id)}?limit=101`, 400);
  });

  test('is in the audit log, with the image and its patient', async () => {
    const { id } = await write(doctor, image, { text: 'Audited' });
    await change(doctor, id, image, { text: 'Again', version: 1 });
    const { events } = await (admin as Client).json(
      'GET',
      `/api/audit?patient_id=${PATIENT_1}&limit=100`,
      200,
    );
    const about = events.filter(({ things }: { things: string[] }) => things.includes(`annotation ${id}`));
    expect(about.map(({ action }: { action: string }) => action)).toEqual([
      'change-annotation',
      'create-annotation',
    ]);
    for (const { things, patient_ids } of about) {
      expect(things).toContain(`image ${image}`);
      expect(patient_ids).toEqual([PATIENT_1]);
    }
  });

  test('does not make a change of the caption fail that is based on the image before', async () => {
    const id = await newImage();
    const tag = (await (doctor as Client).send('GET', `/api/images/${id}`)).headers.get('etag') ?? '';
    await write(staff, id, { text: 'Meanwhile' });
    const answer = await (doctor as Client).send(
      'PATCH',
      `/api/images/${id}`,
      { caption: 'x' },
      { 'if-match': tag },
    );
    expect(answer.status).toBe(200);
  });
});
