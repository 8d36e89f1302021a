import { beforeAll, describe, expect, test } from 'vitest';
import { sharp } from '../../lib/media/image/libvips.ts';
import { dicomForm, newUids, slice, type Uids } from '../fixtures/dicom-uploads.ts';
import { dicomFile, instance } from '../fixtures/dicoms.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { type Client, useService } from '../support/service.ts';

const service = useService();
let staff: Client;
const uids = newUids({});
const page = newUids({});
/** Of odd length, so that it is padded with one byte in the file. */
const document = Buffer.concat([pdf(), Buffer.from(pdf().length % 2 === 0 ? '\n' : '')]);

const path = ({ study, series, sop }: Uids) =>
  `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;

beforeAll(async () => {
  staff = await service.as('staff');
  const bytes = dicomFile([
    ...instance,
    ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.104.1'],
    ['00080018', 'UI', uids.sop],
    ['0020000D', 'UI', uids.study],
    ['0020000E', 'UI', uids.series],
    ['00080060', 'CS', 'DOC'],
    ['00420011', 'OB', document],
    ['00420012', 'LO', 'application/pdf'],
    ['00420015', 'UL', [document.length]],
  ]);
  await staff.json('POST', '/dicom/upload', 201, dicomForm(Buffer.from(bytes)));
  await staff.json('POST', '/dicom/upload', 201, dicomForm(slice(page, [])));
});

const get = (url: string, accept?: string) =>
  staff.send('GET', url, undefined, accept ? { accept } : undefined);

describe('A PDF in a DICOM file', () => {
  test.each([
    ['rendered', 'application/pdf'],
    ['rendered', undefined],
    ['bulkdata/00420011', 'application/pdf'],
  ])('is returned byte for byte, as an attachment: %s by %s', async (way, accept) => {
    const response = await get(`${path(uids)}/${way}`, accept);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${uids.sop}.pdf"`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(document);
  });

  test('is a part of multipart/related, too', async () => {
    const response = await get(
      `${path(uids)}/bulkdata/00420011`,
      'multipart/related; type="application/pdf"',
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('type="application/pdf"');
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.includes(document)).toBe(true);
    expect(body.toString('latin1')).toMatch(/content-type: application\/pdf/i);
  });

  test('is application/octet-stream for clients that ask for no type', async () => {
    const response = await get(`${path(uids)}/bulkdata/00420011`, 'application/octet-stream');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
  });

  test.each([
    ['the instance', () => path(uids)],
    ['its series', () => `/dicom-web/studies/${uids.study}/series/${uids.series}`],
    ['its study', () => `/dicom-web/studies/${uids.study}`],
  ])('has its first page as thumbnail of %s', async (_title, of) => {
    const response = await get(`${of()}/thumbnail`, 'image/png');
    expect(response.status).toBe(200);
    const { data, info } = await sharp(Buffer.from(await response.arrayBuffer()))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([171, 256]);
    const at = (Math.floor(info.height * 0.83) * info.width + Math.floor(info.width * 0.25)) * info.channels;
    expect([...data.subarray(at, at + 3)]).toEqual([255, 0, 0]);
  });

  test('is refused as an image without rendering', async () => {
    expect((await get(`${path(uids)}/rendered`, 'image/jpeg')).status).toBe(406);
  });
});

describe('A viewport', () => {
  test('may name a region, which must be inside the frame', async () => {
    const whole = await sharp(
      Buffer.from(await (await get(`${path(page)}/rendered`)).arrayBuffer()),
    ).metadata();
    const part = await get(`${path(page)}/rendered?viewport=64,64,1,1,2,2`, 'image/png');
    expect(part.status).toBe(200);
    expect(await sharp(Buffer.from(await part.arrayBuffer())).metadata()).toMatchObject({
      width: 64,
      height: 64,
    });
    expect((await get(`${path(page)}/rendered?viewport=64,64,${whole.width},0`)).status).toBe(400);
    expect((await get(`${path(page)}/thumbnail?viewport=64,64,0,0,1,1`)).status).toBe(400);
  });
});
