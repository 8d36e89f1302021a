import { beforeAll, describe, expect, test } from 'vitest';
import { describePixels } from '../../../lib/media/dicom/parse/describe-pixels.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { textValue } from '../../../lib/media/dicom/parse/text-values.ts';
import { codestream } from '../../fixtures/codestreams.ts';
import { dicomForm, newUids, type Uids } from '../../fixtures/dicom-uploads.ts';
import {
  bits,
  dicomFile,
  encapsulated,
  type FixtureElement,
  imageOf,
  syntaxes,
  words,
} from '../../fixtures/dicoms.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, useService } from '../../support/service.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';

const service = useService();
let staff: Client;

const SIDE = 8;
const samples = Array.from({ length: SIDE * SIDE }, (_value, i) => i * 60);
const picture = { columns: SIDE, rows: SIDE, samplesPerPixel: 1, bitsStored: 12 } as const;

const elementsOf = ({ study, series, sop }: Uids): FixtureElement[] => [
  ['00080018', 'UI', sop],
  ['00100020', 'LO', PATIENT_1],
  ['0020000D', 'UI', study],
  ['0020000E', 'UI', series],
];

/** Three instances of a study: big endian and RLE in one series, a lossy one in another. */
const { study, series } = newUids();
const big = newUids({ study, series });
const rle = newUids({ study, series });
const lossy = newUids({ study });
let files: Record<'big' | 'rle' | 'lossy', Buffer>;

beforeAll(async () => {
  staff = await service.as('staff');
  const compressed = await codestream('encodeRle', {
    ...picture,
    bitsAllocated: 16,
    samples: words(...samples),
  });
  const image = (pixels: FixtureElement[2]) => [...imageOf(SIDE, SIDE, pixels), ...bits(16, 12)];
  const jpeg = await codestream(
    'encodeJpeg',
    { ...picture, bitsAllocated: 8, bitsStored: 8, samples: new Uint8Array(SIDE * SIDE).fill(90) },
    { lossy: true, quality: 90 },
  );
  files = {
    big: dicomFile(
      [...image(Buffer.from(words(...samples)).swap16()), ...elementsOf(big)],
      syntaxes.bigEndian,
    ),
    rle: dicomFile(
      [...image({ fragments: [new Uint8Array(), compressed] }), ...elementsOf(rle)],
      encapsulated(RLE),
    ),
    lossy: dicomFile(
      [...imageOf(SIDE, SIDE, { fragments: [new Uint8Array(), jpeg] }), ...elementsOf(lossy)],
      encapsulated(JPEG_BASELINE),
    ),
  };
  for (const file of Object.values(files))
    await staff.json('POST', '/dicom/upload', 201, dicomForm(Buffer.from(file)));
});

const studyPath = `/dicom-web/studies/${study}`;
const path = (uids: Uids) => `${studyPath}/series/${uids.series}/instances/${uids.sop}`;
const get = (url: string, accept: string) => staff.send('GET', url, undefined, { accept });
const related = (syntax?: string) =>
  `multipart/related; type="application/dicom"${syntax ? `; transfer-syntax=${syntax}` : ''}`;

/** The transfer syntax and the bytes of each part, by their SOP Instance UIDs. */
async function partsOf(response: Response) {
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  expect(response.status, body).toBe(200);
  const boundary = /boundary=(\S+)/.exec(response.headers.get('content-type') ?? '')?.[1];
  expect(body.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  const parts = body.slice(0, -`\r\n--${boundary}--\r\n`.length).split(`--${boundary}\r\n`).slice(1);
  return new Map(
    parts.map((part) => {
      const [head = '', ...rest] = part.split('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
      const bytes = Buffer.from(rest.join('\r\n\r\n').slice(0, length), 'latin1');
      const sop = /instances\/([\d.]+)/.exec(head)?.[1];
      return [sop, { syntax: /transfer-syntax=([\d.]+)/.exec(head)?.[1], bytes }];
    }),
  );
}

function expectExplicit(bytes: Buffer | undefined, { sop }: Uids) {
  const file = readDicom(bytes ?? Buffer.alloc(0));
  expect(file.transferSyntax.uid).toBe(EXPLICIT);
  expect(textValue(file.dataSet, '00080018')).toBe(sop);
  const { offset = 0, length = 0 } = describePixels(file)?.element ?? {};
  expect([...file.dataSet.bytes.subarray(offset, offset + length)]).toEqual([...words(...samples)]);
}

describe.each([
  ['big endian', () => big, () => files.big, BIG_ENDIAN],
  ['RLE', () => rle, () => files.rle, RLE],
])('An instance that is stored in %s', (_kind, uids, stored, syntax) => {
  test.each([related(EXPLICIT), related(), '*/*', 'multipart/related; type="*/*"'])(
    'is returned in Explicit VR Little Endian by %s',
    async (accept) => {
      const part = (await partsOf(await get(path(uids()), accept))).get(uids().sop);
      expect(part?.syntax).toBe(EXPLICIT);
      expectExplicit(part?.bytes, uids());
    },
  );

  test('is returned alone in Explicit VR Little Endian', async () => {
    const response = await get(path(uids()), 'application/dicom');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(Number(response.headers.get('content-length'))).toBe(bytes.length);
    expectExplicit(bytes, uids());
  });

  test.each(['*', syntax])('is returned as it is stored by transfer-syntax=%s', async (named) => {
    const part = (await partsOf(await get(path(uids()), related(named)))).get(uids().sop);
    expect(part).toEqual({ syntax, bytes: stored() });
    const alone = await get(path(uids()), `application/dicom; transfer-syntax=${named}`);
    expect(Buffer.from(await alone.arrayBuffer()).equals(stored())).toBe(true);
  });

  test('is refused in another transfer syntax', async () => {
    expect((await get(path(uids()), related('1.2.840.10008.1.2.4.80'))).status).toBe(406);
  });
});

test('A series is returned in Explicit VR Little Endian, whatever the transfer syntax of each instance', async () => {
  for (const accept of [related(EXPLICIT), related()]) {
    const parts = await partsOf(await get(`${studyPath}/series/${series}`, accept));
    expect(parts.size).toBe(2);
    for (const uids of [big, rle]) expectExplicit(parts.get(uids.sop)?.bytes, uids);
  }
  const stored = await partsOf(await get(`${studyPath}/series/${series}`, related('*')));
  expect(stored.get(big.sop)).toEqual({ syntax: BIG_ENDIAN, bytes: files.big });
  expect(stored.get(rle.sop)).toEqual({ syntax: RLE, bytes: files.rle });
});

test('A lossy compressed instance is returned as it is stored', async () => {
  expect((await get(path(lossy), related(EXPLICIT))).status).toBe(406);
  const part = (await partsOf(await get(path(lossy), related()))).get(lossy.sop);
  expect(part).toEqual({ syntax: JPEG_BASELINE, bytes: files.lossy });
  const parts = await partsOf(await get(studyPath, related()));
  expect([big, rle, lossy].map(({ sop }) => parts.get(sop)?.syntax)).toEqual([
    EXPLICIT,
    EXPLICIT,
    JPEG_BASELINE,
  ]);
  expect((await get(studyPath, related(EXPLICIT))).status).toBe(406);
});

test('A compressed instance with damaged pixels is returned as it is stored, or refused if the client does not accept that', async () => {
  const uids = newUids({ study });
  const damaged = dicomFile(
    [
      ...imageOf(SIDE, SIDE, { fragments: [new Uint8Array(), new Uint8Array(80)] }),
      ...bits(16, 12),
      ...elementsOf(uids),
    ],
    encapsulated(RLE),
  );
  await staff.json('POST', '/dicom/upload', 201, dicomForm(Buffer.from(damaged)));
  const part = (await partsOf(await get(path(uids), related()))).get(uids.sop);
  expect(part).toEqual({ syntax: RLE, bytes: damaged });
  const refused = await get(path(uids), related(EXPLICIT));
  expect([refused.status, await refused.json()]).toEqual([
    406,
    expect.objectContaining({ details: [expect.stringMatching(/^This DICOM image is damaged/)] }),
  ]);
});
