import { beforeAll, describe, expect, test } from 'vitest';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { codestream, type Picture } from '../../fixtures/codestreams.ts';
import { dicomForm, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import {
  bits,
  dicomFile,
  encapsulated,
  type FixtureElement,
  imageOf,
  instance,
  words,
} from '../../fixtures/dicoms.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let patient2: Client;
beforeAll(async () => {
  staff = await service.as('staff');
  patient2 = await service.as('patient-2');
});

/** Stores a file; returns its URL. */
async function store(bytes: Buffer<ArrayBuffer>): Promise<string> {
  const { data } = await staff.json('POST', '/dicom/upload', 201, dicomForm(bytes));
  return `/dicom/wado/${data.SOPInstanceUID}`;
}

const identified = (): FixtureElement[] => {
  const { study, series, sop } = newUids();
  return [
    ['00080018', 'UI', sop],
    ['0020000D', 'UI', study],
    ['0020000E', 'UI', series],
  ];
};

/** The grey values of the image in an answer. */
async function greys(path: string): Promise<number[]> {
  const response = await staff.send('GET', path);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([response.status, response.headers.get('content-type')], bytes.toString()).toEqual([
    200,
    'image/png',
  ]);
  return [...(await sharp(bytes).greyscale().raw().toBuffer())];
}

describe('A stored DICOM file', () => {
  test('is returned unchanged, to be saved and not to be displayed', async () => {
    const file = slice(newUids());
    const path = await store(file);
    const response = await staff.send('GET', path);
    expect(file.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/dicom',
      'content-length': String(file.length),
      'content-disposition': expect.stringMatching(/^attachment; filename="2\.25\.\d+\.dcm"$/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
    const etag = response.headers.get('etag') ?? '';
    expect((await staff.send('GET', path, undefined, { 'if-none-match': etag })).status).toBe(304);
    const part = await staff.send('GET', path, undefined, { range: 'bytes=128-131' });
    expect([part.status, await part.text()]).toEqual([206, 'DICM']);
    expect((await staff.send('GET', path, undefined, { range: 'bytes=9999999-' })).status).toBe(416);
  });

  test('whose preamble is a page or a program has the same media type', async () => {
    const file = slice(newUids());
    file.write('<html><script>alert(1)</script>', 0, 'latin1');
    const response = await staff.send('GET', await store(file));
    expect(file.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/dicom',
      'content-disposition': expect.stringMatching(/^attachment/),
      'x-content-type-options': 'nosniff',
    });
  });

  test('is 404 for another patient, as a file that does not exist', async () => {
    const path = await store(slice(newUids()));
    const [theirs, none] = await Promise.all(
      [path, '/dicom/wado/1.2.3'].map((each) => patient2.json('GET', each, 404)),
    );
    expect(theirs).toEqual(none);
  });
});

describe('A rendered image of a stored DICOM file', () => {
  test('has the requested window, frame and size', async () => {
    const pixels = words(0, 100, 200, 300);
    const frames: FixtureElement[] = [...imageOf(2, 1, pixels), ...bits(16), ['00280008', 'IS', '2']];
    const path = await store(Buffer.from(dicomFile([...frames, ...identified()])));
    expect(await greys(`${path}?contentType=image/png`)).toEqual([0, 255]);
    const window = 'windowCenter=200.5&windowWidth=201';
    expect(await greys(`${path}?contentType=image/png&frameNumber=1&${window}`)).toEqual([0, 0]);
    expect(await greys(`${path}?contentType=image/png&frameNumber=2&${window}`)).toEqual([128, 255]);
    const large = await staff.send('GET', `${path}?contentType=image/jpeg&columns=64&imageQuality=50`);
    const jpeg = Buffer.from(await large.arrayBuffer());
    expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 32 });
  });

  test('is also made of compressed pixels', async () => {
    const samples = Uint8Array.from({ length: 64 }, (_value, at) => at * 4);
    const image: Picture = {
      columns: 8,
      rows: 8,
      samplesPerPixel: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      samples,
    };
    const fragments = [new Uint8Array(), await codestream('encodeJpegLs', image)];
    const file = dicomFile(
      [...imageOf(8, 8, { fragments }), ...identified()],
      encapsulated('1.2.840.10008.1.2.4.80'),
    );
    const path = await store(Buffer.from(file));
    const expected = [...samples].map((value) => Math.round((value * 255) / 252));
    expect(await greys(`${path}?contentType=image/png`)).toEqual(expected);
  });

  test.each([
    ['contentType=video/mp4', 406, 'contentType must be one of application/dicom, image/png, image/jpeg'],
    ['contentType=image/png&frameNumber=2', 404, 'frameNumber must be 1 to 1; received 2'],
    ['contentType=image/png&windowCenter=2', 400, 'windowCenter and windowWidth must be given together'],
    ['contentType=image/png&rows=100000', 400, 'rows must be at most 8192'],
    ['contentType=image/png&frameNumber=0', 400, 'frameNumber must be at least 1'],
  ])('is refused for %s: %i', async (query, status, detail) => {
    const path = await store(slice(newUids()));
    expect((await staff.json('GET', `${path}?${query}`, status)).details[0]).toContain(detail);
  });

  test('is refused for a report and for damaged pixels, and the next valid one is rendered', async () => {
    const report = await store(Buffer.from(dicomFile([...instance, ...identified()])));
    expect(await staff.json('GET', `${report}?contentType=image/png`, 406)).toMatchObject({
      message: 'There is no such representation of this file.',
      details: ['This DICOM file has no image to show.'],
    });
    const fragments = [new Uint8Array(), Uint8Array.from({ length: 200 }, (_value, at) => (at * 89) % 256)];
    const damaged = dicomFile(
      [...imageOf(8, 8, { fragments }), ...identified()],
      encapsulated('1.2.840.10008.1.2.4.90'),
    );
    await staff.json('GET', `${await store(Buffer.from(damaged))}?contentType=image/png`, 406);
    expect(await greys(`${await store(slice(newUids()))}?contentType=image/png`)).toHaveLength(64);
  });
});
