import { createHash, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { applyEdits } from '../../../lib/domain/images/apply-edits.ts';
import { afterAction, NO_EDITS } from '../../../lib/domain/images/edit-actions.ts';
import type { EditSteps } from '../../../lib/domain/images/image-edit.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_1 } from '../../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  type TestFile,
  upload,
  useService,
} from '../../support/service.ts';

const service = useService();
let doctor: Client;
let file: TestFile;
beforeAll(async () => {
  doctor = await service.as('doctor');
  // Upright it is 200 × 300.
  file = await photo({ width: 300, height: 200, orientation: 6 });
});

async function ready(client = doctor): Promise<string> {
  const [id = ''] = await upload(client, await createBatch(client, PATIENT_1), [file]);
  expect(await decided(client, id)).toMatchObject({ status: 'ready' });
  return id;
}

const edit = (id: string, steps: Partial<EditSteps> | null, version: number, status = 200, client = doctor) =>
  client.json('PUT', `/api/images/${id}/edit`, status, { steps, version });

async function pixelsOf(path: string) {
  const response = await doctor.send('GET', path);
  expect(response.status, path).toBe(200);
  const { data, info } = await sharp(Buffer.from(await response.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height, channels: info.channels as 3 };
}
const hashOf = ({ data, width, height }: { data: Uint8Array; width: number; height: number }) =>
  `${width}x${height} ${createHash('sha256').update(data).digest('hex')}`;

describe('The edits of an image', () => {
  test.each<[string, EditSteps]>([
    ['turned', { ...NO_EDITS, quarterTurns: 1 }],
    ['mirrored and turned', { ...NO_EDITS, isFlipped: true, quarterTurns: 3 }],
    ['cropped', { ...NO_EDITS, crop: { left: 0.25, top: 0.1, width: 0.5, height: 0.37 } }],
    ['straightened', { ...NO_EDITS, straightenDegrees: -7.5 }],
    ['adjusted', { ...NO_EDITS, brightness: 22, contrast: -35 }],
    [
      'all of it',
      [
        { kind: 'straighten', degrees: 12 } as const,
        { kind: 'crop', crop: { left: 0.1, top: 0.2, width: 0.7, height: 0.6 } } as const,
        { kind: 'rotateLeft' } as const,
        { kind: 'flip' } as const,
        { kind: 'adjust', brightness: -10, contrast: 40 } as const,
      ].reduce<EditSteps>(afterAction, NO_EDITS),
    ],
  ])('%s: the service and the page compute the same picture', async (_name, steps) => {
    const id = await ready();
    const original = await pixelsOf(`/api/images/${id}/data?format=png`);
    const { edit: stored } = await edit(id, steps, 0);
    expect(stored).toEqual({ version: 1, steps });
    const ofService = await pixelsOf(`/api/images/${id}/data?format=png&edit=1`);
    expect(hashOf(ofService)).toBe(hashOf(applyEdits(original, stored.steps)));
    expect(hashOf(ofService)).not.toBe(hashOf(original));
  });

  test('leave the original bit for bit as it is, and a reset shows it again', async () => {
    const id = await ready();
    const before = await pixelsOf(`/api/images/${id}/data?format=png`);
    await edit(id, { quarterTurns: 2, contrast: 10 }, 0);
    const bytes = Buffer.from(await (await doctor.send('GET', `/api/images/${id}/data`)).arrayBuffer());
    expect(bytes.equals(file.bytes)).toBe(true);
    expect((await edit(id, null, 1)).edit).toEqual({ version: 2, steps: null });
    expect(hashOf(await pixelsOf(`/api/images/${id}/data?format=png&edit=2`))).toBe(hashOf(before));
    // Steps that change nothing are none.
    expect((await edit(id, { quarterTurns: 0 }, 2)).edit).toEqual({ version: 3, steps: null });
  });

  test('are in lists, have an old version refused, and fit a smaller copy', async () => {
    const id = await ready();
    const { batch } = await edit(id, { quarterTurns: 1 }, 0);
    const { images } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
    expect(images[0].edit).toMatchObject({ version: 1, steps: { quarterTurns: 1 } });
    const edited = async () =>
      (await doctor.json('GET', `/api/images?batch_id=${batch}&edited=true`, 200)).images.length;
    expect(await edited()).toBe(1);
    const { width, height } = await pixelsOf(`/api/images/${id}/data?format=png&width=150&edit=1`);
    expect([width, height]).toEqual([150, 100]);
    await edit(id, null, 1);
    expect(await edited()).toBe(0);
    await edit(id, { quarterTurns: 2 }, 2);
    expect((await doctor.json('GET', `/api/images/${id}/data?edit=1`, 404)).details[0]).toContain(
      'edit must be',
    );
  });

  test('are in the list of a case', async () => {
    const caseId = `C-${randomUUID()}`;
    const form = formOf({ caseId, patientId: PATIENT_1 }, { file: [file] });
    const { id } = await doctor.json('POST', '/api/v1/images/upload', 201, form);
    await decided(doctor, id);
    const shown = async () =>
      (await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200)).images[0].edit;
    expect(await shown()).toBeUndefined();
    await edit(id, { isFlipped: true }, 0);
    expect(await shown()).toEqual({ version: 1, steps: { ...NO_EDITS, isFlipped: true } });
    await edit(id, null, 1);
    expect(await shown()).toEqual({ version: 2, steps: null });
  });

  test('are shown by the thumbnail, which no browser keeps without asking', async () => {
    const id = await ready();
    const read = async (headers: Record<string, string> = {}) => {
      const response = await doctor.send('GET', `/api/images/${id}/thumbnail`, undefined, headers);
      const bytes = Buffer.from(await response.arrayBuffer());
      return { response, bytes, caching: response.headers.get('cache-control') };
    };
    const before = await read();
    expect(before.caching).toBe('private, max-age=3600');
    await edit(id, { quarterTurns: 1, contrast: 30 }, 0);
    const edited = await read();
    expect(edited.caching).toBe('private, no-cache');
    expect(Object.fromEntries(edited.response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': before.response.headers.get('content-disposition'),
      vary: 'Authorization, Origin',
    });
    expect(Number(edited.response.headers.get('content-length'))).toBe(edited.bytes.length);
    const copy = await doctor.send('GET', `/api/images/${id}/data?format=png&width=300&edit=1`);
    expect(edited.bytes.equals(Buffer.from(await copy.arrayBuffer()))).toBe(true);
    const etag = edited.response.headers.get('etag') ?? '';
    const known = { 'if-none-match': etag };
    expect((await read(known)).response.status).toBe(304);
    // A crop as high as wide fits into the square of thumbnails, and another version is another picture.
    await edit(id, { crop: { left: 0, top: 0, width: 0.5, height: 1 } }, 1);
    const cropped = await read(known);
    expect(cropped.response.status).toBe(200);
    expect(await sharp(cropped.bytes).metadata()).toMatchObject({ format: 'png', width: 100, height: 300 });
    await edit(id, null, 2);
    const reset = await read(known);
    expect([reset.caching, reset.bytes.equals(before.bytes)]).toEqual(['private, no-cache', true]);
    expect((await (await service.as('patient-2')).send('GET', `/api/images/${id}/thumbnail`)).status).toBe(
      404,
    );
  });

  test('of two people at the same time are made by one of them, and the other one is told', async () => {
    const id = await ready();
    const staff = await service.as('staff');
    const answers = await Promise.all(
      [doctor, staff, doctor, staff].map((client, turns) =>
        client.send('PUT', `/api/images/${id}/edit`, {
          steps: { quarterTurns: turns % 4, contrast: 5 },
          version: 0,
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect((await edit(id, { quarterTurns: 1 }, 0, 409)).message).toBe('The image was edited meanwhile.');
    expect((await doctor.json('GET', `/api/images/${id}`, 200)).edit.version).toBe(1);
  });

  test('are kept as versions, and go with the image', async () => {
    const id = await ready();
    await edit(id, { quarterTurns: 1 }, 0);
    await edit(id, { quarterTurns: 2 }, 1);
    const { hasItem } = await directAccess(service);
    const keys = ['000001', '000002'].map((sk) => ({ pk: `EDITS#${id}`, sk }));
    for (const key of keys) expect(await hasItem(key)).toBe(true);
    await (await service.as('admin')).json('DELETE', `/api/images/${id}?erase=true`, 204);
    for (const key of keys) await expect.poll(() => hasItem(key), { timeout: 20_000 }).toBe(false);
  });

  test('are the clinic’s for images of the clinic, and the patient’s for their own', async () => {
    const patient = await service.as('patient-1');
    expect((await edit(await ready(), { quarterTurns: 1 }, 0, 403, patient)).message).toContain(
      'only the clinic',
    );
    await edit(await ready(patient), { quarterTurns: 1 }, 0, 200, patient);
  });
});
