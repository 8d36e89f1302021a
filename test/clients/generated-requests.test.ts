import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../functions/operations.ts';
import { type Operation, routesOf } from '../../lib/api/operation.ts';
import { newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { PATIENT_1 } from '../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  type TestFile,
  upload,
  useService,
} from '../support/service.ts';
import { faultsOf, type Schema, valuesOf } from './support/schema-values.ts';

interface Media {
  schema?: Schema;
}
interface Described {
  operationId: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}
interface ApiDocument {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

/** The same requests for the same seed, such as that of a commit. */
const seed = Number(process.env.REQUEST_SEED ?? 1);
const REQUESTS = 4;

/** Each path of each operation; those that take something away come last. */
const ORDER = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];
const IDS = [...(operations as readonly Operation[])]
  .sort((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method))
  .flatMap((operation) => routesOf(operation).map(({ id }) => id));

describe('A client that knows the API document alone', () => {
  const service = useService();
  let admin: Client;
  let document: ApiDocument;
  /** Values of parameters that exist, by name. */
  let existing: Record<string, string[]>;
  let file: TestFile;

  beforeAll(async () => {
    admin = await service.as('admin');
    document = await admin.json('GET', '/openapi.json', 200);
    file = await photo({ width: 64, height: 48 });
    existing = await makeResources(admin, file);
  });

  const done = new Set<string>();

  test.each(IDS)('gets from %s no answer that is not described there', async (id) => {
    const [method, path, described] = describedAs(document, id);
    const requests = requestsOf(path, described, existing);
    const check = async (request: GeneratedRequest) => {
      const response = await admin.send(method, request.path, bodyOf(request, file));
      const text = await response.text();
      if (response.ok) done.add(id);
      const shown = `${method} ${request.path} ${JSON.stringify(request.body)?.slice(0, 500)}: ${response.status} ${text.slice(0, 500)}`;
      expect(response.status, shown).toBeLessThan(500);
      const known = described.responses[response.status];
      expect(known, shown).toBeDefined();
      if (text === '') return;
      const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
      const types = Object.keys(known?.content ?? {});
      expect(
        types.map((each) => each.split(';')[0]),
        shown,
      ).toContain(type);
      const schema = known?.content?.[type]?.schema;
      if (/json$/.test(type) && schema)
        expect(faultsOf(resolved(document, schema), JSON.parse(text)), shown).toBeUndefined();
    };
    await fc.assert(fc.asyncProperty(requests, check), { seed, numRuns: REQUESTS });
    // Few of them may be accepted, by chance: then some more, so that the answers of a success are seen.
    for (const request of fc.sample(requests, { seed: seed + 1, numRuns: 3 * REQUESTS }))
      if (!done.has(id)) await check(request);
  });

  test('gets a success from most operations', () => {
    expect(done.size).toBeGreaterThan(IDS.length * 0.6);
  });
});

function describedAs(
  { paths }: ApiDocument,
  id: string,
): [method: string, path: string, described: Described] {
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, described] of Object.entries(methods)) {
      if (described.operationId === id) return [method.toUpperCase(), path, described];
    }
  }
  throw new Error(`the document has no ${id}`);
}

const resolved = ({ components }: ApiDocument, schema: Schema & { $ref?: string }) =>
  schema.$ref ? (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;

interface GeneratedRequest {
  path: string;
  type: string | undefined;
  body: unknown;
}

/** Requests that fit the description. Parameters of the path are mostly of something that exists. */
function requestsOf(
  path: string,
  { parameters, requestBody }: Described,
  existing: Record<string, string[]>,
): fc.Arbitrary<GeneratedRequest> {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const named = (place: string) => parameters.filter((each) => each.in === place);
  const inPath = fc.record(
    Object.fromEntries(
      named('path').map(({ name, schema }) => {
        const known = existing[`${path.split('/{')[0]}/{${name}}`] ?? existing[name] ?? [];
        const made = valuesOf(schema);
        return [
          name,
          known.length > 0 ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, made) : made,
        ];
      }),
    ),
  );
  const query = fc.record(
    Object.fromEntries(named('query').map(({ name, schema }) => [name, valuesOf(schema)])),
    { requiredKeys: named('query').flatMap(({ name, required }) => (required ? [name] : [])) },
  );
  const body = media?.schema ? valuesOf(media.schema) : fc.constant(undefined);
  return (
    fc
      .record({ inPath, query, body })
      .map(({ inPath, query, body }) => {
        const search = new URLSearchParams(
          Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
        );
        const filled = path.replace(/\{(\w+)\}/g, (_match, name: string) =>
          encodeURIComponent(String(inPath[name])),
        );
        return { path: search.size > 0 ? `${filled}?${search}` : filled, type, body };
      })
      // `.` and an empty segment make another path.
      .filter(({ path }) => !/\/(\.|%2e)*(\/|\?|$)/i.test(path))
  );
}

function bodyOf({ type, body }: GeneratedRequest, file: TestFile) {
  if (type === 'multipart/related') return relatedOf([slice(newUids())]);
  if (type !== 'multipart/form-data') return body;
  const fields = Object.entries(body as object).filter(([, value]) => value !== undefined);
  const files = fields
    .filter(([name]) => name === 'file' || name === 'images')
    .map(([name]) => [name, [file]]);
  const others = fields
    .filter(([name]) => name !== 'file' && name !== 'images')
    .map(([name, value]) => [name, [value].flat().map(String)]);
  return formOf(Object.fromEntries(others), Object.fromEntries(files));
}

/** One of each resource, by the place in the path that names it. */
async function makeResources(admin: Client, file: TestFile) {
  const batch = await createBatch(admin);
  const [image = ''] = await upload(admin, batch, [file, file]);
  await decided(admin, image);
  const uids = newUids();
  await admin.send('POST', '/dicom-web/studies', relatedOf([slice(uids)]));
  const { id: exported } = await admin.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
  const dicomUpload = await admin.json('POST', '/dicom/upload-url', 201, { fileName: 'a.dcm', fileSize: 9 });
  const { images } = await admin.json('GET', `/api/v2/images/patient/${PATIENT_1}`, 200);
  const { events } = await admin.json('GET', '/api/audit?limit=1', 200);
  const places = [`/api/images/${image}`, `/api/batches/${batch}`, `/api/dicom/studies/${uids.study}`];
  const notes = places.map((place) => admin.json('POST', `${place}/annotations`, 201, { text: 'Note' }));
  return {
    '/api/images/batches/{id}': [batch],
    '/api/images/{id}': [image],
    '/api/v1/images/{id}': [image],
    '/api/exports/{id}': [exported],
    '/api/patients/{id}': [PATIENT_1],
    '/api/v2/images/{type}': ['patient'],
    '/api/v2/images/{id}': [PATIENT_1],
    '/api/v2/links/{token}': images.map(({ url }: { url: string }) => url.split('/').at(-1)),
    '/dicom/uploads/{id}': [dicomUpload.id],
    '/docs/{asset}': ['start.js'],
    '/api/audit/{id}': [events[0].id],
    annotation: (await Promise.all(notes)).map(({ id }) => id),
    batch: [batch],
    study: [uids.study],
    series: [uids.series],
    instance: [uids.sop],
    sopInstanceUID: [uids.sop],
    frames: ['1'],
    path: ['7FE00010'],
  };
}
