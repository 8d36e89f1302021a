import { deflateRawSync } from 'node:zlib';
import { api } from 'dicomweb-client';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { dicomForm, newUid, newUids, slice, type Uids } from '../../fixtures/dicom-uploads.ts';
import { bits, dicomFile, encapsulated, type FixtureElement, imageOf, words } from '../../fixtures/dicoms.ts';
import { TestXmlHttpRequest } from '../../support/browser/xml-http-request.ts';
import { PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { type Client, useService } from '../../support/service.ts';

vi.stubGlobal('XMLHttpRequest', TestXmlHttpRequest);

const service = useService();
let staff: Client;
let patient: Client;
let otherPatient: Client;
/** The study of the tests: a series of two slices, and a series of one film of three frames. */
const study = newUid();
const slices: Uids[] = [newUids({ study })];
slices.push(newUids({ study, series: slices[0]?.series ?? '' }));
const film = newUids({ study });
const files: Buffer<ArrayBuffer>[] = [];
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';

const store = async (bytes: Buffer<ArrayBuffer>) => {
  await staff.json('POST', '/dicom/upload', 201, dicomForm(bytes));
  return bytes;
};
const ofStudy = (own: FixtureElement[] = []): FixtureElement[] => [
  ['00080005', 'CS', 'ISO_IR 192'],
  ['00080030', 'TM', '101500'],
  ['00081030', 'LO', 'Thorax nativ'],
  ['00100010', 'PN', 'Müller^Jean-Luc'],
  ...own,
];

beforeAll(async () => {
  staff = await service.as('staff');
  patient = await service.as('patient-1');
  otherPatient = await service.as('patient-2');
  for (const [index, uids] of slices.entries()) {
    files.push(await store(slice(uids, ofStudy([['00200013', 'IS', String(index + 1)]]))));
  }
  const frames = [10, 120, 240].map((grey) => words(...Array(32).fill(grey * 257)));
  files.push(
    await store(
      slice(film, [
        ...ofStudy(),
        ['00080060', 'CS', 'XA'],
        ['00200011', 'IS', '4'],
        ['00280008', 'IS', '3'],
        ['7FE00010', 'OW', Buffer.concat(frames)],
      ]),
    ),
  );
});

const base = () => `${service.stack.url.replace(/\/$/, '')}/dicom-web`;
const path = ({ study, series, sop }: Uids) =>
  `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
const one = () => slices[0] as Uids;

/** The answer to a GET with these headers. */
const get = (client: Client, url: string, headers: Record<string, string> = {}) =>
  client.send('GET', url, undefined, headers);

/** The parts of a `multipart/related` answer. */
async function partsOf(response: Response) {
  const type = response.headers.get('content-type') ?? '';
  const boundary = /boundary=(\S+)/.exec(type)?.[1];
  const body = Buffer.from(await response.arrayBuffer());
  expect(response.status, body.toString('latin1')).toBe(200);
  expect(Number(response.headers.get('content-length'))).toBe(body.length);
  const text = body.toString('latin1');
  expect(text.startsWith(`--${boundary}\r\n`) && text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  return text
    .slice(`--${boundary}\r\n`.length, -`\r\n--${boundary}--\r\n`.length)
    .split(`\r\n--${boundary}\r\n`)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n');
      return { head: part.slice(0, end), bytes: Buffer.from(part.slice(end + 4), 'latin1') };
    });
}

describe('dicomweb-client', () => {
  // biome-ignore lint/suspicious/noExplicitAny: its types require what its functions do not need
  let client: any;
  beforeAll(async () => {
    const token = await service.stack.token('staff');
    client = new api.DICOMwebClient({
      url: base(),
      headers: { Authorization: `Bearer ${token}` },
      singlepart: '',
      verbose: false,
    });
  });
  const ids = () => ({
    studyInstanceUID: study,
    seriesInstanceUID: one().series,
    sopInstanceUID: one().sop,
  });

  test('stores an instance', async () => {
    const uids = newUids();
    const file = slice(uids);
    await client.storeInstances({
      datasets: [file.buffer.slice(file.byteOffset, file.byteOffset + file.length)],
    });
    const found = await client.searchForStudies({ queryParams: { StudyInstanceUID: uids.study } });
    expect(found).toHaveLength(1);
  });

  test('searches studies, series and instances', async () => {
    const studies = await client.searchForStudies({ queryParams: { StudyInstanceUID: study } });
    expect(studies).toMatchObject([
      {
        '00100020': { vr: 'LO', Value: [PATIENT_1] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jean-Luc' }] },
        '00080061': { vr: 'CS', Value: ['CT', 'XA'] },
        '00201206': { Value: [2] },
        '00201208': { Value: [3] },
        '00081190': { vr: 'UR', Value: [`${base()}/studies/${study}`] },
      },
    ]);
    const series = await client.searchForSeries({ studyInstanceUID: study });
    expect(series).toMatchObject([
      { '0020000E': { Value: [one().series] }, '00201209': { Value: [2] } },
      { '0020000E': { Value: [film.series] }, '00201209': { Value: [1] } },
    ]);
    const instances = await client.searchForInstances({ studyInstanceUID: study });
    expect(instances).toMatchObject([...slices, film].map(({ sop }) => ({ '00080018': { Value: [sop] } })));
    expect(await client.searchForStudies({ queryParams: { StudyInstanceUID: '1.2' } })).toEqual([]);
  });

  test('retrieves metadata of a study, a series and an instance', async () => {
    const ofAll = await client.retrieveStudyMetadata({ studyInstanceUID: study });
    expect(ofAll).toMatchObject([...slices, film].map(({ sop }) => ({ '00080018': { Value: [sop] } })));
    expect(await client.retrieveSeriesMetadata(ids())).toEqual(ofAll.slice(0, 2));
    expect(await client.retrieveInstanceMetadata(ids())).toEqual(ofAll.slice(0, 1));
  });

  test('retrieves the files of a study, a series and an instance', async () => {
    const bytes = (buffers: ArrayBuffer[]) => buffers.map((each) => Buffer.from(each).toString('base64'));
    const stored = files.map((file) => file.toString('base64'));
    expect(bytes(await client.retrieveStudy({ studyInstanceUID: study }))).toEqual(stored);
    expect(bytes(await client.retrieveSeries(ids()))).toEqual(stored.slice(0, 2));
    expect(Buffer.from(await client.retrieveInstance(ids())).toString('base64')).toBe(stored[0]);
  });

  test('retrieves frames', async () => {
    const frames = await client.retrieveInstanceFrames({
      studyInstanceUID: study,
      seriesInstanceUID: film.series,
      sopInstanceUID: film.sop,
      frameNumbers: [3, 1],
    });
    expect(frames.map((frame: ArrayBuffer) => [frame.byteLength, new Uint8Array(frame)[0]])).toEqual([
      [64, 240],
      [64, 10],
    ]);
  });

  test('retrieves bulk data by the URI that the metadata give', async () => {
    const [metadata] = await client.retrieveInstanceMetadata(ids());
    const { BulkDataURI } = metadata['7FE00010'];
    expect(BulkDataURI).toBe(`${new URL(path(one()), base())}/bulkdata/7FE00010`);
    const [pixels] = await client.retrieveBulkData({ BulkDataURI });
    expect([...new Uint8Array(pixels)]).toEqual(Array.from({ length: 64 }, (_value, at) => at * 4));
  });

  test('retrieves rendered images', async () => {
    const [rendered] = await client.retrieveInstanceRendered({
      ...ids(),
      mediaTypes: [{ mediaType: 'image/png' }],
      queryParams: { viewport: [4, 4] },
    });
    expect(await sharp(Buffer.from(rendered)).metadata()).toMatchObject({
      format: 'png',
      width: 4,
      height: 4,
    });
    const [ofFrame] = await client.retrieveInstanceFramesRendered({
      studyInstanceUID: study,
      seriesInstanceUID: film.series,
      sopInstanceUID: film.sop,
      frameNumbers: [2],
      mediaTypes: [{ mediaType: 'image/jpeg' }],
    });
    expect(await sharp(Buffer.from(ofFrame)).metadata()).toMatchObject({ format: 'jpeg', width: 8 });
  });
});

describe('A request as Python’s dicomweb-client sends it', () => {
  test('for JSON', async () => {
    const response = await get(staff, `/dicom-web/studies?StudyInstanceUID=${study}`, {
      accept: 'application/dicom+json, application/json',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/dicom+json']);
  });

  test.each([
    'multipart/related; type="application/dicom"',
    'multipart/related; type="application/dicom"; transfer-syntax=*',
    'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1',
    'multipart/related; type="*/*"',
  ])('for a series, %s', async (accept) => {
    const parts = await partsOf(await get(staff, path(one()).replace(/\/instances.*/, ''), { accept }));
    expect(parts.map(({ bytes }) => bytes.equals(files[0] as Buffer))).toEqual([true, false]);
    expect(parts[0]?.head).toContain('Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
  });

  test.each([
    'multipart/related; type="*/*"',
    'multipart/related; type="application/octet-stream"',
    'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1',
  ])('for frames, %s', async (accept) => {
    const parts = await partsOf(await get(staff, `${path(film)}/frames/1,2`, { accept }));
    expect(parts.map(({ bytes }) => bytes[0])).toEqual([10, 120]);
  });

  test('for bulk data, and for a part that is read in chunks', async () => {
    const accept = 'multipart/related; type="application/octet-stream"';
    const parts = await partsOf(await get(staff, `${path(one())}/bulkdata/7FE00010`, { accept }));
    expect(parts).toMatchObject([{ bytes: { length: 64 } }]);
  });

  test('for the next results, until there are no more', async () => {
    const found: unknown[] = [];
    for (;;) {
      const response = await get(
        staff,
        `/dicom-web/studies/${study}/instances?limit=2&offset=${found.length}`,
      );
      if (response.status === 204) break;
      expect(response.headers.has('warning')).toBe(found.length === 0);
      found.push(...((await response.json()) as unknown[]));
    }
    expect(found).toHaveLength(3);
  });
});

describe('A search as OHIF sends it', () => {
  const search = async (client: Client, query: string) => {
    const response = await get(client, `/dicom-web/${query}`, { accept: 'application/dicom+json' });
    if (response.status === 204) return [];
    expect(response.status, query).toBe(200);
    return (await response.json()) as Record<string, { Value: unknown[] }>[];
  };
  const isFound = async (query: string) =>
    (await search(staff, query)).some((found) => found['0020000D']?.Value[0] === study);
  const COMMON = 'limit=101&offset=0&fuzzymatching=false&includefield=00081030%2C00080060';

  test.each([
    `studies?${COMMON}`,
    `studies?${COMMON}&PatientName=*M%C3%BCller*`,
    `studies?${COMMON}&PatientName=muller*`,
    `studies?${COMMON}&00100020=${PATIENT_1}`,
    `studies?${COMMON}&00100020=*1001*`,
    `studies?${COMMON}&AccessionNumber=A-17&StudyDescription=*Thorax*`,
    `studies?${COMMON}&ModalitiesInStudy=XA&StudyDate=20250601-20250630`,
    `studies?${COMMON}&ModalitiesInStudy=MR,XA`,
    'studies?StudyDate=20250601&StudyTime=10',
    'studies?StudyDate=20250531-20250601&StudyTime=230000-110000',
    'studies?StudyDate=20250531-&StudyTime=230000-',
    'studies?PatientName=jean+mull&fuzzymatching=true',
    `series?PatientID=${PATIENT_1}&Modality=XA`,
    `instances?PatientID=${PATIENT_1}&InstanceNumber=2`,
  ])('%s finds it', async (query) => expect(await isFound(query)).toBe(true));

  test.each([
    `studies?${COMMON}&PatientName=*Maier*`,
    `studies?${COMMON}&PatientName=luc*`,
    `studies?${COMMON}&StudyDate=20250602-`,
    `studies?${COMMON}&StudyDate=20250630-20250601`,
    'studies?StudyDate=20250601-20250602&StudyTime=110000-110000',
    `studies?${COMMON}&ModalitiesInStudy=MR`,
    `studies?${COMMON}&AccessionNumber=A-17&PatientID=${PATIENT_2}`,
    'studies?PatientName=jean+maier&fuzzymatching=true',
    `series?PatientID=${PATIENT_1}&Modality=MR`,
  ])('%s does not', async (query) => expect(await isFound(query)).toBe(false));

  test('returns the requested fields, and not those of a study that is in the path', async () => {
    const [found] = await search(staff, `studies?StudyInstanceUID=${study}&includefield=StudyDescription`);
    expect(found?.['00081030']).toEqual({ vr: 'LO', Value: ['Thorax nativ'] });
    const [plain] = await search(staff, `studies?StudyInstanceUID=${study}`);
    expect(plain).not.toHaveProperty('00081030');
    const [ofSeries] = await search(staff, `studies/${study}/series`);
    expect(ofSeries).not.toHaveProperty('00100010');
    const [ofAny] = await search(staff, `series?StudyInstanceUID=${study}`);
    expect(ofAny).toHaveProperty('00100010');
    const [all] = await search(staff, `studies/${study}/series?includefield=all`);
    expect(all).toMatchObject({ '00081030': { Value: ['Thorax nativ'] } });
  });

  test('finds one instance by its UID only', async () => {
    expect(await search(staff, `instances?SOPInstanceUID=${film.sop}`)).toMatchObject([
      { '00080018': { Value: [film.sop] }, '0020000E': { Value: [film.series] } },
    ]);
    expect(await search(staff, `instances?SOPInstanceUID=${'1'.repeat(3000)}`)).toEqual([]);
    const any = await search(staff, `studies/${study}/instances?SOPInstanceUID=*`);
    expect(any.length).toBeGreaterThan(1);
  });

  test('is refused for an attribute that is not indexed', async () => {
    const response = await get(staff, '/dicom-web/studies?NoSuchThing=1&SeriesDescription=x');
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty('details', [
      'NoSuchThing is not an attribute by which studies are searched',
      'SeriesDescription is not an attribute by which studies are searched',
    ]);
  });

  test('finds only the patient’s own studies, whatever they search for', async () => {
    expect(await search(patient, 'studies?AccessionNumber=A-17')).not.toEqual([]);
    for (const query of [
      'studies',
      `studies?PatientID=${PATIENT_1}`,
      `studies/${study}/series`,
      `instances?SOPInstanceUID=${film.sop}`,
    ]) {
      expect(await search(otherPatient, query), query).toEqual([]);
    }
  });
});

test('An instance of another patient answers like one that does not exist', async () => {
  const missing = newUids();
  for (const end of ['', '/metadata', '/frames/1', '/rendered', '/thumbnail', '/bulkdata/7FE00010']) {
    const theirs = await get(otherPatient, path(one()) + end);
    const none = await get(otherPatient, path(missing) + end);
    expect([theirs.status, await theirs.text()]).toEqual([none.status, await none.text()]);
    expect(none.status).toBe(404);
    // An instance is found in its own series only.
    expect((await get(staff, path({ ...one(), series: film.series }) + end)).status).toBe(404);
  }
  for (const url of [`/dicom-web/studies/${study}`, path(one()).replace(/\/instances.*/, '')]) {
    for (const end of ['', '/metadata', '/thumbnail'])
      expect((await get(otherPatient, url + end)).status).toBe(404);
  }
});

test('A media type that the client does not accept is refused with a list of the available ones', async () => {
  for (const [end, accept] of [
    ['', 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90'],
    ['/metadata', 'application/dicom+xml'],
    ['/frames/1', 'image/png'],
    ['/rendered', 'image/gif'],
  ] as const) {
    const response = await get(staff, path(one()) + end, { accept });
    expect(response.status, end).toBe(406);
    expect(await response.json()).toMatchObject({
      statusCode: 406,
      details: expect.arrayContaining([expect.stringMatching(/^available: /)]),
    });
  }
});

test('A single file is sent without multipart if the client asks for that', async () => {
  const response = await get(staff, path(one()), { accept: 'application/dicom' });
  expect(Buffer.from(await response.arrayBuffer()).equals(files[0] as Buffer)).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/dicom',
    'content-disposition': expect.stringMatching(/^attachment/),
    'x-content-type-options': 'nosniff',
  });
});

describe('A compressed film', () => {
  const uids = newUids();
  let fragments: Uint8Array[];
  beforeAll(async () => {
    const picture = (grey: number) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .toColourspace('b-w')
        .jpeg({ quality: 100 })
        .toBuffer();
    fragments = await Promise.all([20, 200].map(picture));
    await store(
      Buffer.from(
        dicomFile(
          [
            ...imageOf(8, 8, { fragments: [new Uint8Array(), ...fragments] }),
            ['00080018', 'UI', uids.sop],
            ['0020000D', 'UI', uids.study],
            ['0020000E', 'UI', uids.series],
            ['00280008', 'IS', '2'],
          ],
          encapsulated(JPEG_BASELINE),
        ),
      ),
    );
  });

  test('returns its frames as they are stored', async () => {
    for (const accept of ['*/*', 'multipart/related; type="*/*"', 'multipart/related; type=image/jpeg']) {
      const parts = await partsOf(await get(staff, `${path(uids)}/frames/1,2`, { accept }));
      expect(parts[1]?.head).toContain(`Content-Type: image/jpeg; transfer-syntax=${JPEG_BASELINE}`);
      expect(parts[1]?.bytes.subarray(0, fragments[1]?.length)).toEqual(Buffer.from(fragments[1] ?? []));
    }
    const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
    const [part] = await partsOf(await get(staff, `${path(uids)}/frames/1`, { accept }));
    expect(part?.head).toContain(`application/octet-stream; transfer-syntax=${JPEG_BASELINE}`);
  });

  test('and decoded', async () => {
    const accept = 'multipart/related; type="application/octet-stream"';
    const parts = await partsOf(await get(staff, `${path(uids)}/frames/2,1`, { accept }));
    expect(parts.map(({ bytes }) => [bytes.length, bytes[0]])).toEqual([
      [64, 200],
      [64, 20],
    ]);
    const alone = await get(staff, `${path(uids)}/frames/2`, { accept: 'application/octet-stream' });
    expect(new Uint8Array(await alone.arrayBuffer())[0]).toBe(200);
  });

  test('has no frame after its last', async () => {
    expect((await get(staff, `${path(uids)}/frames/3`)).status).toBe(404);
    expect((await get(staff, `${path(uids)}/frames/3/rendered`)).status).toBe(404);
    expect((await get(staff, `${path(uids)}/frames/0`)).status).toBe(400);
  });
});

test('A compressed frame of single bits is returned decoded, and packed as its metadata say', async () => {
  const uids = newUids();
  const packed = Uint8Array.of(1, 2, 4, 8, 16, 32, 64, 129);
  const file = dicomFile(
    [
      ...imageOf(8, 8, { fragments: [new Uint8Array(), deflateRawSync(packed)] }),
      ...bits(1),
      ['00080018', 'UI', uids.sop],
      ['0020000D', 'UI', uids.study],
      ['0020000E', 'UI', uids.series],
    ],
    encapsulated('1.2.840.10008.1.2.8.1'),
  );
  await store(Buffer.from(file));
  const frame = await get(staff, `${path(uids)}/frames/1`, { accept: 'application/octet-stream' });
  expect(frame.headers.get('content-type')).toContain('transfer-syntax=1.2.840.10008.1.2.1');
  expect(new Uint8Array(await frame.arrayBuffer())).toEqual(packed);
});

describe('A rendered image', () => {
  const greys = async (url: string) => {
    const response = await get(staff, url, { accept: 'image/png' });
    return [
      ...(await sharp(Buffer.from(await response.arrayBuffer()))
        .greyscale()
        .raw()
        .toBuffer()),
    ];
  };

  test('has the requested window', async () => {
    const pixels = await greys(`${path(one())}/rendered?window=128,2,linear-exact`);
    expect([pixels[0], pixels[63]]).toEqual([0, 255]);
    expect((await get(staff, `${path(one())}/rendered?window=1`)).status).toBe(400);
  });

  test('can be requested by a link, whose query names the accepted types', async () => {
    const response = await get(staff, `${path(one())}/rendered?accept=image/png`, {
      accept: 'text/html,*/*',
    });
    expect(response.headers.get('content-type')).toBe('image/png');
  });

  test('represents a study, a series and an instance', async () => {
    for (const url of [`/dicom-web/studies/${study}`, path(film).replace(/\/instances.*/, ''), path(film)]) {
      const response = await get(staff, `${url}/thumbnail`);
      const picture = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
      expect(picture).toMatchObject({ format: 'jpeg', width: 8, height: 8 });
    }
  });
});

describe('A page of another origin', () => {
  const origin = { origin: 'https://viewer.example' };

  test('gets no permission by a preflight request, unless a setting allows its origin', async () => {
    const response = await service.with({}).send('OPTIONS', `${path(one())}/frames/1`, undefined, {
      ...origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    });
    expect(response.status).toBe(204);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('can read no answer, nor an error of the API or of its gateway', async () => {
    const anonymous = service.with({});
    for (const [client, url, status] of [
      [staff, `/dicom-web/studies/${study}/metadata`, 200],
      [staff, path(newUids()), 404],
      [staff, '/dicom-web/studies?limit=x', 400],
      [anonymous, '/dicom-web/studies', 401],
      [staff, '/dicom-web/nothing', 404],
    ] as const) {
      const response = await get(client, url, origin);
      expect([url, response.status, response.headers.get('access-control-allow-origin')]).toEqual([
        url,
        status,
        null,
      ]);
    }
  });
});

test('The metadata name the host that the client used, and are in UTF-8', async () => {
  const response = await get(staff, `/dicom-web/studies/${study}/metadata`, {
    // CloudFront's function replaces it by the host of the request.
    'x-forwarded-host': 'images.clinic.example',
    'accept-encoding': 'gzip',
  });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  const [first] = (await response.json()) as Record<string, { Value: unknown[]; BulkDataURI?: string }>[];
  expect(first?.['7FE00010']?.BulkDataURI).toBe(`${service.stack.url}${path(one())}/bulkdata/7FE00010`);
  expect(first?.['00080005']?.Value).toEqual(['ISO_IR 192']);
  expect(first?.['00100010']?.Value).toEqual([{ Alphabetic: 'Müller^Jean-Luc' }]);
});
