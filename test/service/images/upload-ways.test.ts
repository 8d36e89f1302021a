import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
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
import { unzip } from '../../support/unzip.ts';

const OWNER = PATIENT_1;
/** One number for a case and for records of every type: these differ in their type only. */
const NUMBER = `N-${randomUUID()}`;

const service = useService();
const CALLERS = ['owner', 'other patient', 'staff', 'nobody'] as const;
/** Services, by the scopes of their keys. */
const KEYS = ['*:read', 'patient:read', 'delivery:read', 'prescription:read', '*:write'] as const;
type Caller = (typeof CALLERS)[number] | (typeof KEYS)[number];
const clients = new Map<Caller, Client>();
const as = (caller: Caller) => clients.get(caller) as Client;

/** Uploads the file to a URL that was signed for it. */
async function put(client: Client, path: string, body: object, { bytes }: TestFile): Promise<string> {
  const answer = await client.json('POST', path, 201, body);
  const url = answer.uploadUrl ?? answer.upload_url;
  expect((await fetch(url, { method: 'PUT', headers: answer.headers, body: bytes })).status).toBe(200);
  return answer.imageId ?? answer.id;
}

/** The ways to upload; each returns the image's id. */
const WAYS = {
  'batch, signed URL': async (file, { signedBatch }) =>
    (await upload(as('owner'), signedBatch, [file]))[0] ?? '',
  'batch, form': async (file, { formBatch }) => {
    const path = `/api/images/batches/${formBatch}/upload/`;
    return (await as('staff').json('POST', path, 201, formOf({}, { images: [file] }))).results[0].image.id;
  },
  'case, signed URL': (file) => {
    const declared = { fileName: file.name, mimeType: file.type, fileSize: file.bytes.length };
    return put(as('owner'), '/api/v1/images/upload-url', { ...declared, caseId: NUMBER }, file);
  },
  'case, form': async (file) => {
    const form = formOf({ caseId: NUMBER, patientId: OWNER }, { file: [file] });
    return (await as('staff').json('POST', '/api/v1/images/upload', 201, form)).id;
  },
  'records, base64': async ({ name, bytes }) => {
    const image_data = Buffer.from(bytes).toString('base64');
    const links = { patient_id: OWNER, delivery_id: NUMBER, prescription_id: NUMBER };
    return (await as('*:write').json('POST', '/api/v2/images', 201, { name, image_data, ...links })).id;
  },
  'records, signed URL': (file) => {
    const declared = { name: file.name, content_type: file.type, size: file.bytes.length };
    const links = { patient_id: OWNER, pos_event_id: NUMBER };
    return put(as('*:write'), '/api/v2/images', { ...declared, ...links }, file);
  },
  'records, of no patient': async ({ name, bytes }) => {
    const image_data = Buffer.from(bytes).toString('base64');
    const links = { delivery_id: NUMBER };
    return (await as('*:write').json('POST', '/api/v2/images', 201, { name, image_data, ...links })).id;
  },
} satisfies Record<string, (file: TestFile, batches: Batches) => Promise<string>>;
type Way = keyof typeof WAYS;
const ways = Object.keys(WAYS) as Way[];
const ofOwner: readonly Way[] = ways.filter((way) => way !== 'records, of no patient');

interface Batches {
  signedBatch: string;
  formBatch: string;
  /** A list without images. */
  emptyBatch: string;
}

let batches: Batches;
const files = new Map<Way, TestFile>();
const ids = new Map<Way, string>();
beforeAll(async () => {
  const admin = await service.as('admin');
  clients.set('owner', await service.as('patient-1')).set('other patient', await service.as('patient-2'));
  clients.set('staff', await service.as('staff')).set('nobody', await service.as());
  for (const scope of KEYS) {
    const { key } = await admin.json('POST', '/api/v2/keys', 201, { name: scope, scopes: [scope] });
    clients.set(scope, service.with({ 'x-api-key': key }));
  }
  batches = {
    signedBatch: await createBatch(as('owner')),
    formBatch: await createBatch(as('staff'), OWNER),
    emptyBatch: await createBatch(as('owner')),
  };
  for (const [seed, way] of ways.entries()) {
    const file = await photo({ seed, name: `${way.replace(', ', '-')}.jpg` });
    const id = await WAYS[way](file, batches);
    expect(await decided(as('staff'), id)).toMatchObject({ status: 'ready' });
    files.set(way, file);
    ids.set(way, id);
  }
});

/** The ways by which the images of a list were uploaded, or the status of its refusal. */
async function listed(caller: Caller, path: string): Promise<Way[] | number> {
  const response = await as(caller).send('GET', path);
  if (response.status !== 200) return response.status;
  const { images, next } = (await response.json()) as { images: { id: string }[]; next: string | null };
  expect(next).toBeNull();
  return images.map(({ id }) => ways.find((way) => ids.get(way) === id) as Way).sort();
}

/** A list of images: its path, its images, and (for records) the scopes that let services read it. */
interface List {
  path: () => string;
  holds: readonly Way[];
  scopes?: readonly Caller[];
}

const LISTS: Record<string, List> = {
  'a batch': {
    path: () => `/api/images/?batch_id=${batches.signedBatch}`,
    holds: ['batch, signed URL'],
  },
  'another batch': { path: () => `/api/images/?batch_id=${batches.formBatch}`, holds: ['batch, form'] },
  'an empty batch': { path: () => `/api/images/?batch_id=${batches.emptyBatch}`, holds: [] },
  'the case': {
    path: () => `/api/v1/images/cases/${NUMBER}`,
    holds: ['case, signed URL', 'case, form'],
  },
  'the patient': { path: () => `/api/images/?patient_id=${OWNER}`, holds: ofOwner },
  'the record of the patient': {
    path: () => `/api/v2/images/patient/${OWNER}`,
    holds: ofOwner,
    scopes: ['*:read', 'patient:read'],
  },
  'the delivery': {
    path: () => `/api/v2/images/delivery/${NUMBER}`,
    holds: ['records, base64', 'records, of no patient'],
    scopes: ['*:read', 'delivery:read'],
  },
  'the prescription': {
    path: () => `/api/v2/images/prescription/${NUMBER}`,
    holds: ['records, base64'],
    scopes: ['*:read', 'prescription:read'],
  },
  'the sale': {
    path: () => `/api/v2/images/pos_event/${NUMBER}`,
    holds: ['records, signed URL'],
    scopes: ['*:read'],
  },
};

describe.each(Object.entries(LISTS))('The list of %s', (_title, { path, holds, scopes }) => {
  test('has the images that are linked to it, and no others', async () => {
    expect(await listed('staff', path())).toEqual([...holds].sort());
  });

  test('has the patient’s own images for the patient, and does not exist for another', async () => {
    const theirs = holds.filter((way) => ofOwner.includes(way));
    expect(await listed('owner', path())).toEqual(theirs.sort());
    expect(await listed('other patient', path())).toBe(404);
    expect(await listed('nobody', path())).toBe(401);
  });

  test.each(KEYS)('can be read by a service with %s only if it is of that type of record', async (scope) => {
    const isOpen = scopes?.includes(scope);
    expect(await listed(scope, path())).toEqual(isOpen ? [...holds].sort() : 403);
  });
});

/** The endpoints for one image. */
const ENDPOINTS: Record<string, (id: string) => string> = {
  data: (id) => `/api/images/${id}/data`,
  thumbnail: (id) => `/api/images/${id}/thumbnail`,
  details: (id) => `/api/images/${id}/`,
  download: (id) => `/api/images/${id}/download/`,
  'download URL': (id) => `/api/v1/images/${id}/download-url`,
  proxy: (id) => `/api/v1/images/${id}/proxy`,
};

describe.each(ways)('The image that was uploaded by %s', (way) => {
  const isOfOwner = ofOwner.includes(way);

  test.each(Object.entries(ENDPOINTS))(
    'is returned by the endpoint of its %s for callers with access',
    async (_title, endpoint) => {
      const path = endpoint(ids.get(way) as string);
      const statuses = new Map<Caller, number>();
      for (const [caller, client] of clients) statuses.set(caller, (await client.send('GET', path)).status);
      expect(Object.fromEntries(statuses)).toEqual({
        owner: isOfOwner ? 200 : 404,
        'other patient': 404,
        staff: 200,
        nobody: 401,
        ...Object.fromEntries(KEYS.map((scope) => [scope, 403])),
      });
    },
  );

  test('has the same bytes at every endpoint', async () => {
    const { bytes = new Uint8Array() } = files.get(way) ?? {};
    const id = ids.get(way) as string;
    const sent = async (response: Response) => Buffer.from(await response.arrayBuffer()).equals(bytes);
    for (const endpoint of ['data', 'download', 'proxy']) {
      const path = ENDPOINTS[endpoint]?.(id) ?? '';
      expect([endpoint, await sent(await as('staff').send('GET', path))]).toEqual([endpoint, true]);
    }
    const { url } = await as('staff').json('GET', `/api/v1/images/${id}/download-url`, 200);
    expect(await sent(await fetch(url))).toBe(true);
    const record = isOfOwner ? `patient/${OWNER}` : `delivery/${NUMBER}`;
    const { images } = await as('*:read').json('GET', `/api/v2/images/${record}`, 200);
    const link = images.find((image: { id: string }) => image.id === id).url;
    expect(await sent(await fetch(link))).toBe(true);
  });
});

describe('The ZIP of a batch', () => {
  const zipOf = (caller: Caller, batch: string, query = '') =>
    as(caller).send('GET', `/api/images/batches/${batch}/download/${query}`);

  test('has the images of the batch, for callers with access', async () => {
    for (const caller of ['owner', 'staff'] as const) {
      const response = await zipOf(caller, batches.formBatch);
      const entries = await unzip(Buffer.from(await response.arrayBuffer()));
      expect([...entries.keys()]).toEqual(['batch-form.jpg']);
    }
    expect((await zipOf('other patient', batches.formBatch)).status).toBe(404);
    for (const scope of KEYS) expect((await zipOf(scope, batches.formBatch)).status).toBe(403);
  });

  test.each(ways.filter((way) => way !== 'batch, form'))(
    'has no image that was uploaded by %s',
    async (way) => {
      const query = `?image_ids=${ids.get(way)}`;
      for (const caller of ['owner', 'staff'] as const) {
        expect((await zipOf(caller, batches.formBatch, query)).status).toBe(404);
      }
    },
  );
});

describe('A deleted image', () => {
  test('is 404 at every endpoint, and in no list', async () => {
    const doctor = await service.as('doctor');
    const links: string[] = [];
    for (const record of [`patient/${OWNER}`, `delivery/${NUMBER}`]) {
      const { images } = await doctor.json('GET', `/api/v2/images/${record}`, 200);
      links.push(...images.map(({ url }: { url: string }) => url));
    }
    for (const [index, way] of ways.entries()) {
      const endpoint = index % 2 === 0 ? '/api/images' : '/api/v1/images';
      await doctor.json('DELETE', `${endpoint}/${ids.get(way)}`, 204);
      for (const path of Object.values(ENDPOINTS)) {
        expect((await doctor.send('GET', path(ids.get(way) as string))).status).toBe(404);
      }
    }
    for (const link of links) expect((await fetch(link, { redirect: 'manual' })).status).toBe(404);
    for (const [name, { path }] of Object.entries(LISTS)) {
      const left = await listed('staff', path());
      expect([name, left === 404 ? [] : left]).toEqual([name, []]);
    }
  });
});
