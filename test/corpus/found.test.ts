import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RenderedQuery } from '../../lib/api/dicomweb.ts';
import { outgoingFileName } from '../../lib/domain/file-name.ts';
import { drawFrame } from '../../lib/media/dicom/draw/draw-frame.ts';
import { renderFrame } from '../../lib/media/dicom/draw/render-frame.ts';
import { toDicomJson } from '../../lib/media/dicom/parse/dicom-json.ts';
import { encapsulatedDocument } from '../../lib/media/dicom/parse/encapsulated-document.ts';
import { instanceIdentifiers } from '../../lib/media/dicom/parse/identifiers.ts';
import { readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import { sharp } from '../../lib/media/image/libvips.ts';
import { makeCopy } from '../../lib/media/image/make-copy.ts';
import { readPictureHeader } from '../../lib/media/image/picture-header.ts';
import { makeRenditions, type Rendition } from '../../lib/media/image/renditions.ts';
import { decodePdf } from '../../lib/media/pdf/decode-pdf.ts';
import { RejectedImage } from '../../lib/media/rejected-image.ts';
import { dicomForm } from '../fixtures/dicom-uploads.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { formatTable, imageFormatOf } from './format-table.ts';

/** Small inputs that other programs handled wrongly, written for this project, each with the right result. */
const folder = new URL('../../../shared/found/', import.meta.url);

interface Row {
  path: string;
  kind: string;
  verdict: string;
  values: string;
}

const rows: Row[] = existsSync(folder)
  ? readFileSync(new URL('MANIFEST.tsv', folder), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [path = '', kind = '', verdict = '', values = ''] = line.split('\t');
        return { path, kind, verdict, values };
      })
  : [];

/** Kinds whose rows name the search that finds a study. */
const FOUND_BY_SEARCHES = ['F8', 'F9', 'F10'];

/** A study or an instance as DICOM JSON. */
type Found = Record<string, { Value: unknown[] }>;

const kindOf = (row: Row) => row.kind.replace(' control', '');
const read = (path: string) => readFileSync(new URL(path, folder));

/** Checks of more than the size and the colours that a row names. */
const checks: Record<string, (bytes: Buffer, row: Row) => Promise<void>> = {
  'photos/f1-sos-parameters.jpg': async (bytes) => {
    const control = await makeRenditions(read('photos/f1-control-unharmed.jpg'));
    expect((await makeRenditions(bytes)).renditions).toEqual(control.renditions);
  },
  'tiff/c1-planes-grey-alpha.tif': async (bytes) => {
    const control = await makeRenditions(read('tiff/c1-control-interleaved-grey-alpha.tif'));
    expect(await pixelsOf(await makeRenditions(bytes))).toEqual(await pixelsOf(control));
  },
  'photos/IMG_0001.HEIC': async (bytes, { path }) => {
    const { mimeType } = await makeRenditions(bytes);
    expect(outgoingFileName({ fileName: path.replace('photos/', ''), mimeType })).toBe('IMG_0001.jpg');
  },
  // Below the page, which is square, is the list of what is missing, or nothing.
  'pdf/f6-cjk-not-embedded.pdf': async (bytes) => {
    const { width, height } = await makeRenditions(bytes);
    expect(height).toBeGreaterThan(width);
  },
  'pdf/f6-control-latin-not-embedded.pdf': async (bytes) => {
    const { width, height, renditions } = await makeRenditions(bytes);
    expect(height).toBe(width);
    expect(Math.abs((await darkPartOf(renditions)) - 0.026)).toBeLessThan(0.01);
  },
  'tiff/c5-fax-204x98.tif': expectSquareShape,
  'tiff/c5-control-fax-200x200.tif': expectSquareShape,
};

if (rows.length === 0) {
  test('../shared/found is absent: no row was tested', () => {
    console.log('../shared/found is absent: nothing of it was tested');
    expect(existsSync(folder)).toBe(false);
  });
} else {
  const dicoms = rows.filter(({ path }) => path.endsWith('.dcm'));
  const files = rows.filter(({ path }) => !path.endsWith('.dcm'));

  const see = formatTable('The images and PDFs of ../shared/found, by format:');

  describe('accepted, with its values', () => {
    test.each(files.filter(({ verdict }) => verdict === 'accept'))('$kind: $path', async (row) => {
      const bytes = read(row.path);
      await see(imageFormatOf(bytes), 'shown', () => expectValues(row, bytes));
    });
  });

  describe('refused, with a true reason', () => {
    test.each(files.filter(({ verdict }) => verdict === 'reject'))(
      '$kind: $path',
      async ({ path, kind, values }) => {
        const bytes = read(path);
        await see(imageFormatOf(bytes), 'refused truly', async () => {
          const error = await makeRenditions(bytes).catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(RejectedImage);
          const { reason } = error as RejectedImage;
          if (values.includes('a raw photograph')) expect(reason).toContain('a raw photograph');
          else if (kind === 'C4') expect(reason).toMatch(/number of bits/);
          else expect(reason).toMatch(/damaged|incomplete/);
        });
      },
    );
  });

  describe('DICOM', () => {
    const of = (kind: string) => dicoms.filter((row) => kindOf(row) === kind);

    test.each(of('F2'))('$kind: $path', async ({ path }) => {
      const file = readDicom(read(path));
      const { data, width } = await drawFrame(file);
      for (const column of [12, 76, 153, 243]) {
        expect(Math.abs((data[32 * width + column] ?? Number.NaN) - column)).toBeLessThanOrEqual(1);
      }
      const json = toDicomJson(file.dataSet, { bulkDataUri: () => '' });
      expect(JSON.stringify(json)).toContain('"00283002":{"vr":"SS","Value":[2001,-1000,16]}');
    });

    test.each(of('F5'))('$kind: $path', async ({ path, values }) => {
      const { data, width, height, channels } = await drawFrame(readDicom(read(path)));
      const [left = [], right = []] = [...values.matchAll(/\((\d+),(\d+),(\d+)\)/g)].map((match) =>
        match.slice(1).map(Number),
      );
      for (const [x, colour] of [
        [width / 4, left],
        [(width * 3) / 4, right],
      ] as const) {
        const at = ((height / 2) * width + x) * channels;
        expectNear([...data.subarray(at, at + 3)], colour, 3);
      }
    });

    test.each(of('F15'))('$kind: $path', async ({ path }) => {
      const file = readDicom(read(path));
      expect(await renderFrame(file, { format: 'png' })).toMatchObject({ width: 64, height: 64 });
      const viewport = { columns: 256, rows: 256 };
      const { bytes } = await renderFrame(file, { format: 'png', viewport, enlarge: false });
      expect(await shapeOf(bytes, (grey) => grey > 127)).toBeCloseTo(0.5, 1);
    });

    test.each(of('F17'))('$kind: $path', async ({ path }) => {
      const viewport = RenderedQuery.viewport.parse('64,64,32,0,32,32') ?? {};
      const { bytes, width, height } = await renderFrame(readDicom(read(path)), { format: 'png', viewport });
      expect([width, height]).toEqual([64, 64]);
      const grey = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
      expect(new Set(grey)).toEqual(new Set([100]));
    });

    test.each(of('F16'))('$kind: $path', async ({ path }) => {
      const document = encapsulatedDocument(readDicom(read(path)).dataSet);
      expect(document).toMatchObject({ mimeType: 'application/pdf', bytes: { length: 494 } });
      const { pixels } = await decodePdf(document?.bytes ?? Buffer.alloc(0));
      const at = (x: number, y: number) => (pixels.height * y * pixels.width + pixels.width * x) * 3;
      const places = [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
      expect(places.map((place) => [...pixels.data.subarray(place, place + 3)])).toEqual([
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 255],
      ]);
    });

    test('no row is left out', () => {
      const looked = ['F2', 'F5', ...FOUND_BY_SEARCHES, 'F15', 'F16', 'F17'];
      expect(dicoms.map(kindOf).filter((kind) => !looked.includes(kind))).toEqual([]);
    });
  });

  describe('DICOM, found by the search that the row names', () => {
    const service = useOwnStack();

    test.each(dicoms.filter((row) => FOUND_BY_SEARCHES.includes(kindOf(row))))(
      '$kind: $path',
      async ({ path, values }) => {
        const staff = await service.as('staff');
        const bytes = read(path);
        await staff.json('POST', '/dicom/upload', 201, dicomForm(Buffer.from(bytes)));
        const { studyInstanceUid } = instanceIdentifiers(readDicom(bytes).dataSet);
        const search = /found by (.+)$/.exec(values)?.[1] ?? '';
        expect(search).toMatch(/=/);
        const inStudy = `StudyInstanceUID=${studyInstanceUid}`;
        for (const query of [search, `${search}&PatientID=P-1001`, `${search}&${inStudy}`]) {
          const found: Found[] = await staff.json('GET', `/dicom-web/studies?${encodeURI(query)}`, 200);
          const uids = found.map((study) => study['0020000D']?.Value[0]);
          expect(
            uids.filter((uid) => uid === studyInstanceUid),
            query,
          ).toHaveLength(1);
        }
        const [study]: Found[] = await staff.json('GET', `/dicom-web/studies?${inStudy}`, 200);
        const [metadata]: Found[] = await staff.json(
          'GET',
          `/dicom-web/studies/${studyInstanceUid}/metadata`,
          200,
        );
        const expected = expectedAttributes(values);
        expect(Object.keys(expected)).not.toEqual([]);
        expect(study).toMatchObject(expected);
        expect(metadata).toMatchObject(expected);
      },
    );

    test('but by no search for other days', async () => {
      const staff = await service.as('staff');
      const search = 'StudyDate=20251107-20251108&StudyTime=000000-010000';
      expect((await staff.send('GET', `/dicom-web/studies?${search}`)).status).toBe(204);
      const turned = 'StudyDate=20251108-20251105';
      expect((await staff.send('GET', `/dicom-web/studies?${turned}`)).status).toBe(204);
    });
  });
}

/** The names, the date and the time of a row, as DICOM JSON. */
function expectedAttributes(values: string): Record<string, { Value: unknown[] }> {
  const text = (pattern: RegExp) => pattern.exec(values)?.[1];
  const [Alphabetic, Ideographic] = [text(/Alphabetic ([^;]+)/), text(/Ideographic ([^;]+)/)];
  const [date, time] = [text(/StudyDate (\d+)/), text(/StudyTime (\d+)/)];
  return {
    ...(Alphabetic && { '00100010': { Value: [{ Alphabetic, Ideographic }] } }),
    ...(date && { '00080020': { Value: [date] } }),
    ...(time && { '00080030': { Value: [time] } }),
  };
}

/** Colours or greys at a quarter and three quarters, row by row, as a row of the manifest names them. */
function quartersOf(values: string): number[][] | undefined {
  const text = /quarters (.+)/.exec(values)?.[1];
  if (!text) return undefined;
  const colours = [...text.matchAll(/\((\d+),(\d+),(\d+)\)/g)].map((match) => match.slice(1, 4).map(Number));
  if (colours.length === 4) return colours;
  const greys = /^(\d+) (\d+) \/ (\d+) (\d+)/.exec(text)?.slice(1).map(Number);
  return greys?.map((grey) => [grey, grey, grey]);
}

async function expectQuarters(
  renditions: Rendition[],
  expected: number[][],
  original: Buffer,
): Promise<void> {
  const pictures = renditions.map(({ name, bytes }) => ({
    name: name as string,
    bytes: bytes as Uint8Array,
  }));
  const options = { format: 'png', width: 2000, quality: undefined, watermark: undefined } as const;
  pictures.push({ name: 'copy', bytes: await makeCopy(original, options) });
  for (const { name, bytes } of pictures) {
    const { data, info } = await sharp(bytes)
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const places = [
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ] as const;
    for (const [i, [x, y]] of places.entries()) {
      const at = (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * info.channels;
      expectNear([...data.subarray(at, at + 3)], expected[i] ?? [], 7, name);
    }
  }
}

function expectNear(received: number[], expected: readonly number[], tolerance: number, name = ''): void {
  const off = expected.map((value, i) => Math.abs(value - (received[i] ?? Number.NaN)));
  expect(
    Math.max(...off),
    `${name}: expected about ${expected} but received ${received}`,
  ).toBeLessThanOrEqual(tolerance);
}

async function pixelsOf({ renditions }: { renditions: Rendition[] }): Promise<number[]> {
  return [
    ...(await sharp(renditions.find(({ name }) => name === 'png')?.bytes)
      .raw()
      .toBuffer()),
  ];
}

async function darkPartOf(renditions: Rendition[]): Promise<number> {
  const preview = renditions.find(({ name }) => name === 'preview');
  const grey = await sharp(preview?.bytes).toColourspace('b-w').raw().toBuffer();
  return grey.filter((value) => value < 128).length / grey.length;
}

/** The ratio of width to height of the marked part. */
async function shapeOf(bytes: Uint8Array, isMarked: (grey: number) => boolean): Promise<number> {
  const { data, info } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  const columns = new Set<number>();
  const lines = new Set<number>();
  for (const [i, grey] of data.entries()) {
    if (!isMarked(grey)) continue;
    columns.add(i % info.width);
    lines.add(Math.floor(i / info.width));
  }
  return columns.size / lines.size;
}

async function expectSquareShape(bytes: Buffer): Promise<void> {
  const { renditions } = await makeRenditions(bytes);
  for (const copy of renditions)
    expect(await shapeOf(copy.bytes, (grey) => grey < 128), copy.name).toBeCloseTo(1, 1);
}

/** The size, the colours, the dark part and the time that a row names. */
async function expectValues(row: Row, bytes: Buffer): Promise<void> {
  const made = await makeRenditions(bytes);
  const size = row.path.endsWith('.pdf') ? null : /^(\d+)x(\d+)/.exec(row.values);
  if (size) expect([made.width, made.height]).toEqual(size.slice(1).map(Number));
  const colours = quartersOf(row.values);
  if (colours) await expectQuarters(made.renditions, colours, bytes);
  const dark = /dark part[^0-9]*(?:\(grey < 128\) )?about (0\.\d+)/.exec(row.values);
  if (dark) expect(await darkPartOf(made.renditions)).toBeGreaterThan(0);
  const time = /local (\S+) (\d\d:\d\d:\d\d)(?:,? (offset unknown|[+-]\d\d:\d\d))?/.exec(row.values);
  if (time) {
    const [, day, clock, offset] = time;
    const taken = {
      capturedLocal: `${day}T${clock}`,
      captureOffset: offset === 'offset unknown' ? undefined : offset,
    };
    expect({ captureOffset: undefined, ...made }).toMatchObject(taken);
    expect({ captureOffset: undefined, ...(await readPictureHeader(bytes)) }).toMatchObject(taken);
  }
  await checks[row.path]?.(bytes, row);
  expect(Boolean(size || colours || dark || time || checks[row.path]), 'something was looked at').toBe(true);
}
