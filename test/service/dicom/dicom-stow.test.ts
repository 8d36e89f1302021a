import { beforeAll, describe, expect, test } from 'vitest';
import { newUid, newUids, relatedOf, slice } from '../../fixtures/dicom-uploads.ts';
import { directAccess } from '../../support/direct-access.ts';
import { PATIENT_2 } from '../../support/people.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let patient2: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  staff = await service.as('staff');
  patient2 = await service.as('patient-2');
  direct = await directAccess(service);
});

async function stow(body: unknown, { path = '/dicom-web/studies', client = staff, headers = {} } = {}) {
  const response = await client.send('POST', path, body, headers);
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), json: JSON.parse(text) };
}

const uid = (value: string) => ({ vr: 'UI', Value: [value] });
const CT = '1.2.840.10008.5.1.4.1.1.2';
const failure = (sop: string, code: number) =>
  expect.objectContaining({
    '00081150': uid(CT),
    '00081155': uid(sop),
    '00081197': { vr: 'US', Value: [code] },
  });

describe('Instances in one request (STOW-RS)', () => {
  test('are all stored, and the answer names the URL of each', async () => {
    const uids = newUids();
    const other = newUid();
    const files = [slice(uids), slice({ ...uids, sop: other })];
    const { status, type, json } = await stow(relatedOf(files));
    expect([status, type]).toEqual([200, 'application/dicom+json']);
    const study = `${service.stack.url.replace(/\/$/, '')}/dicom-web/studies/${uids.study}`;
    const stored = (sop: string) => ({
      '00081150': uid(CT),
      '00081155': uid(sop),
      '00081190': { vr: 'UR', Value: [`${study}/series/${uids.series}/instances/${sop}`] },
    });
    expect(json).toEqual({
      '00081190': { vr: 'UR', Value: [study] },
      '00081199': { vr: 'SQ', Value: [stored(uids.sop), stored(other)] },
    });
    const kept = await staff.send('GET', `/dicom/wado/${other}`);
    expect(files[1]?.equals(Buffer.from(await kept.arrayBuffer()))).toBe(true);
    expect((await stow(relatedOf(files))).json).toEqual(json);
    expect(await direct.dicomStore.getStudy(uids.study)).toMatchObject({ instances: 2, series: 1 });
  });

  test('are stored except those that are refused, each with its reason', async () => {
    const [good, known, wrongStudy] = [newUids(), newUids(), newUids()];
    await stow(relatedOf([slice(known)]));
    const files = [
      slice({ ...good }),
      Buffer.from('this is a letter'),
      slice(known, [['00204000', 'LT', 'other bytes']]),
      slice({ ...wrongStudy, study: good.study }, [['00100020', 'LO', PATIENT_2]]),
    ];
    // The valid one first, so that its study belongs to its patient.
    await stow(relatedOf([slice({ ...good, sop: newUid() })]));
    const { status, json } = await stow(relatedOf(files));
    expect(status).toBe(202);
    expect(json).toMatchObject({
      '00081199': { Value: [{ '00081155': uid(good.sop) }] },
      '00081198': { Value: [failure(known.sop, 0x0111), failure(wrongStudy.sop, 0xa900)] },
      '0008119A': {
        Value: [
          {
            '00000902': { vr: 'LO', Value: [expect.stringContaining('no DICOM file')] },
            '00081197': { vr: 'US', Value: [0xc000] },
          },
        ],
      },
    });
  });

  test('are a conflict if none can be stored', async () => {
    const uids = newUids();
    const { status, type, json } = await stow(relatedOf([slice(uids)]), { client: patient2 });
    expect([status, type]).toEqual([409, 'application/dicom+json']);
    expect(json).toEqual({ '00081198': { vr: 'SQ', Value: [failure(uids.sop, 0x0124)] } });
    expect(await direct.dicomStore.getStored(uids.sop)).toBeUndefined();
  });

  test('sent to a study are refused if they belong to another study', async () => {
    const [own, other] = [newUids(), newUids()];
    const { status, json } = await stow(relatedOf([slice(own), slice(other)]), {
      path: `/dicom-web/studies/${own.study}`,
    });
    expect(status).toBe(202);
    expect(json['00081198'].Value).toEqual([failure(other.sop, 0xa900)]);
  });

  test('may be many of one series, and are all counted', async () => {
    const uids = newUids();
    const files = Array.from({ length: 60 }, () => slice({ ...uids, sop: newUid() }));
    expect((await stow(relatedOf(files))).status).toBe(200);
    expect(await direct.dicomStore.getAt(uids)).toMatchObject({ series: { instances: 60 } });
  });
});

describe('The parts of a multipart body are found', () => {
  const bodyOf = (
    file: Uint8Array<ArrayBuffer>,
    boundary: string,
    [before = '', after = '']: string[] = [],
  ) =>
    new Blob([
      `${before}--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n\r\n`,
      file,
      `\r\n--${boundary}--${after}`,
    ]);
  const type = 'multipart/related; type="application/dicom"';

  test.each<[string, string, string, string[]?]>([
    ['with a boundary in quotes', `${type}; boundary="A b:=?C"`, 'A b:=?C'],
    ['with a boundary without quotes', `${type}; boundary=----WebKit'()+_,-./`, "----WebKit'()+_,-./"],
    ['with a type without quotes', 'Multipart/Related;type=application/dicom;Boundary=x', 'x'],
    ['without a type', 'multipart/related; boundary=x', 'x'],
    ['between other bytes', `${type}; boundary=x`, 'x', ['junk --x is none\r\n', '\r\njunk --x']],
    ['after an empty part', `${type}; boundary=x`, 'x', ['--x\r\n\r\n\r\n']],
  ])('%s', async (_title, contentType, boundary, junk) => {
    const uids = newUids();
    const { status, json } = await stow(bodyOf(slice(uids), boundary, junk), {
      headers: { 'content-type': contentType },
    });
    expect([status, json]).toMatchObject([200, { '00081199': { Value: [{ '00081155': uid(uids.sop) }] } }]);
  });

  test('also if the file has bytes that look like the boundary', async () => {
    const uids = newUids();
    const file = slice(uids, [['00204000', 'LT', '--x and\r\n--xy\r\n --x\r\n']]);
    const headers = { 'content-type': `${type}; boundary=x` };
    expect((await stow(bodyOf(file, 'x'), { headers })).status).toBe(200);
    expect(await direct.dicomStore.getStored(uids.sop)).toMatchObject({ bytes: file.length });
  });

  test.each<[string, number, string, Blob]>([
    ['of JSON', 415, 'application/dicom+json', new Blob(['[]'])],
    [
      'of parts of JSON',
      415,
      'multipart/related; type="application/dicom+json"; boundary=x',
      new Blob(['--x--']),
    ],
    ['without a boundary', 400, type, new Blob(['--x--'])],
    ['without parts', 400, `${type}; boundary=x`, new Blob(['--x--'])],
    ['that ends too early', 400, `${type}; boundary=x`, new Blob(['--x\r\n\r\n', slice(newUids())])],
    [
      'of a thousand parts',
      413,
      `${type}; boundary=x`,
      new Blob([...Array(1000).fill('--x\r\n\r\na\r\n'), '--x--']),
    ],
  ])('but not in a body %s: %i', async (_title, status, contentType, body) => {
    const answer = await stow(body, { headers: { 'content-type': contentType } });
    expect(answer).toMatchObject({ status, type: 'application/json', json: { statusCode: status } });
  });

  test('but not in a body that is too large for a function: 413 names the other way', async () => {
    const answer = await stow(relatedOf([Buffer.alloc(4_800_000)]));
    expect(answer.status).toBe(413);
    expect(answer.json.details).toContain('a DICOM file goes by POST /dicom/upload-url');
    expect(answer.json.details.join()).toContain('docs/gateway.md');
  });
});
