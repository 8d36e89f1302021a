import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasCorpus } from '../corpus/dicom-files.ts';
import { newUid, newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { measurementOf, segmentationOf, structureSetOf } from '../fixtures/viewer-objects.ts';
import { ctSeries, oblongSlice, smallSlice, type ViewerStudy } from '../fixtures/viewer-studies.ts';
import { centreOf, drawnIn, shoot, useOhif } from './support/ohif.ts';
import { saveReport } from './support/save-report.ts';

const CORPUS = new URL('../../../shared/data/dicom/', import.meta.url);

const { service, viewer, openPage, signIn, openStudy, page, urls } = useOhif();

/** Two more than OHIF lists; the first is the oldest one. */
const STUDIES: ViewerStudy[] = Array.from({ length: 103 }, (_value, index) => ({
  study: newUid(),
  name: index === 0 ? 'Andersen^Karen' : `Nielsen^Number${index}`,
  patientId: `P-${2000 + index}`,
  date: index === 0 ? '20240315' : `2025${String(1 + (index % 12)).padStart(2, '0')}10`,
  accession: `ACC-${index}`,
  modality: index === 1 ? 'MR' : 'CT',
}));
const [first] = STUDIES as [ViewerStudy];

/** Stores files; returns the study of the first. */
async function store(...files: Buffer<ArrayBuffer>[]): Promise<string> {
  const staff = await service.as('staff');
  const stored = await staff.json('POST', '/dicom-web/studies', 200, relatedOf(files));
  return /studies\/([\d.]+)/.exec(JSON.stringify(stored))?.[1] ?? '';
}

const storeThirdParty = (name: string) => store(Buffer.from(readFileSync(new URL(name, CORPUS))));

beforeAll(async () => {
  const ct = ctSeries(first, 12);
  await store(...ct.files, segmentationOf(ct), structureSetOf(ct), measurementOf(ct));
  const others = STUDIES.slice(1).map(smallSlice);
  for (let at = 0; at < others.length; at += 20) await store(...others.slice(at, at + 20));
  await signIn();
}, 120_000);

describe('The list of OHIF', () => {
  /** The names in the rows after the one with the fields of the search. */
  const names = async () =>
    (await page().locator('tbody tr').allInnerTexts()).slice(1).map((row) => row.split('\n')[0]?.trim());
  /** The fields for the search in a column. */
  const field = (column: number) =>
    page().locator('tbody tr').first().locator('td').nth(column).locator('input');
  const reset = async () => {
    await page().getByText('Reset', { exact: true }).click();
    await page().getByText('1-50 of 101').waitFor();
  };

  beforeAll(() => page().getByText('1-50 of 101').waitFor());

  test.each([
    ['a part of a name, in any case', () => field(0).fill('andersen'), 'Andersen, Karen'],
    ['a patient number', () => field(1).fill('P-2042'), 'Nielsen, Number42'],
    [
      'a modality',
      async () => {
        await field(3).fill('MR');
        await page().getByRole('option', { name: 'MR' }).waitFor();
        await page().keyboard.press('Enter');
      },
      'Nielsen, Number1',
    ],
    ['a description', () => field(4).fill('Number17'), 'Nielsen, Number17'],
    ['an accession number', () => field(5).fill('ACC-77'), 'Nielsen, Number77'],
    [
      'a date',
      async () => {
        await field(2).first().fill('2024-03-01');
        await field(2).last().fill('2024-03-31');
        await page().keyboard.press('Escape');
      },
      'Andersen, Karen',
    ],
  ])('is searched by %s', async (_title, search, name) => {
    await search();
    await expect.poll(names, { timeout: 20_000 }).toEqual([name]);
    await reset();
  });

  test('has the number of the patient beside the name', async () => {
    const row = page().locator('tbody tr', { hasText: 'Number59' });
    const [name, number] = (await row.innerText()).split(/\s*[\n\t]+\s*/);
    expect([name, number]).toEqual(['Nielsen, Number59', 'P-2059']);
  });

  test('has 101 studies, the newest ones, in pages', async () => {
    const listed: unknown[] = [];
    for (const label of ['1-50 of 101', '51-100 of 101', '101-101 of 101']) {
      await page().getByText(label, { exact: true }).waitFor();
      listed.push(...(await names()));
      const next = page().getByLabel('Next page');
      if (await next.isEnabled()) await next.click();
    }
    const newest = STUDIES.filter(({ date }) => date > '20250110').map(({ name }) => name.replace('^', ', '));
    expect(new Set(listed).size).toBe(101);
    expect(listed).toEqual(expect.arrayContaining(newest));
    expect(listed).not.toContain('Andersen, Karen');
  });
});

describe('OHIF', () => {
  test('shows slices and their thumbnail, and scrolls', async () => {
    await openStudy(first.study);
    await page().getByText('1/12').first().waitFor();
    const thumbnail = page().locator('img[src^="blob:"]').first();
    expect(
      await thumbnail.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBe(64);
    await expect.poll(async () => (await drawnIn(page())).bright).toBeGreaterThan(0.1);
    await page().locator('canvas').first().hover();
    await page().mouse.wheel(0, 120);
    await page().getByText('2/12').first().waitFor();
    await shoot(page(), 'slice-2');
  });

  test('draws a segmentation over its images', async () => {
    expect((await drawnIn(page())).coloured).toBe(0);
    await page().getByText('Disk').first().dblclick();
    await page().getByText('Yes', { exact: true }).click();
    await expect.poll(async () => (await drawnIn(page())).red, { timeout: 50_000 }).toBeGreaterThan(0.03);
    await shoot(page(), 'seg');
  }, 150_000);

  test('draws a structure set over its images', async () => {
    await page().getByText('Square').first().dblclick();
    await page().getByText('Yes', { exact: true }).click();
    await page().locator('svg.svg-layer path[stroke^="rgba(255, 0, 0"]').first().waitFor();
    await page().getByText('Do you want to open').waitFor({ state: 'detached' });
    await shoot(page(), 'rtstruct');
  });

  test('draws the measurement of a report over its image', async () => {
    // Opened anew: what loads a structure set takes the viewport once more when it ends.
    await openStudy(first.study);
    await page().getByText('1/12').first().waitFor();
    await page().getByText('Lengths').first().dblclick();
    await page().getByText('20.00 mm').first().waitFor();
    await page().locator('svg.svg-layer line').first().waitFor({ state: 'attached' });
    await shoot(page(), 'sr');
  });

  test('hands an encapsulated PDF to the browser, which may show it', async () => {
    const document = pdf();
    const even = document.length % 2 === 0 ? document : Buffer.concat([document, Buffer.from('\n')]);
    const own = slice(newUids(), [
      ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.104.1'],
      ['00080060', 'CS', 'DOC'],
      ['00420011', 'OB', even],
      ['00420012', 'LO', 'application/pdf'],
    ]);
    await openStudy(await store(own));
    const shown = page().locator('object[type="application/pdf"]');
    await shown.waitFor({ state: 'attached' });
    const start = await shown.evaluate(async (element) => {
      const response = await fetch((element as unknown as { data: string }).data);
      return (await response.text()).slice(0, 5);
    });
    expect(start).toBe('%PDF-');
  });
});

describe('OHIF opens a report that the page has saved', () => {
  const studyOf = (name: string): ViewerStudy => ({ ...first, study: newUid(), name });
  const toMeasurements = () => page().getByText('Yes', { exact: true }).click();

  test('and makes measurements of its own of it, with the same values, on the same place', async () => {
    const own = ctSeries(studyOf('Annotated^Anna'), 2);
    await store(...own.files);
    await saveReport({ service, openPage }, own.of.study, own.series, own.sops[0] ?? '', [
      [
        'length',
        [
          [32, 32],
          [47, 52],
        ],
        'Longest diameter',
      ],
      [
        'angle',
        [
          [10, 10],
          [20, 10],
          [20, 20],
        ],
        '',
      ],
      [
        'area',
        [
          [5, 40],
          [15, 40],
          [15, 60],
          [5, 60],
        ],
        '',
      ],
      [
        'arrow',
        [
          [30, 5],
          [32, 20],
        ],
        'Scar',
      ],
      ['text', [[5, 5]], 'Motion'],
    ]);
    await openStudy(own.of.study);
    await page().getByText('1/2').first().waitFor();
    await page()
      .getByText(/^Annotations, /)
      .first()
      .dblclick();
    await page().getByText('Longest diameter: : 25.00 mm').waitFor();
    await toMeasurements();
    for (const words of ['25.0 mm', '90.0 °', 'Area: 200 mm²', 'Scar', 'Motion'])
      await page().getByText(words, { exact: true }).first().waitFor({ state: 'attached' });
    await shoot(page(), 'sr-of-page');
    // The length begins in the middle of the image: between the pixels 32 and 33.
    const middle = await page()
      .locator('canvas')
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas.getBoundingClientRect();
        return [width / 2, height / 2];
      });
    const starts = await page()
      .locator('svg.svg-layer line')
      .evaluateAll((lines) =>
        lines.map((line) => ['x1', 'y1'].map((name) => Number(line.getAttribute(name)))),
      );
    const apart = starts.map(([x = 0, y = 0]) => Math.hypot(x - (middle[0] ?? 0), y - (middle[1] ?? 0)));
    expect(Math.min(...apart)).toBeLessThan(1.5);
  }, 120_000);

  test('and mistakes the sides of pixels that are not square: the report has the right length, the measurement of OHIF not', async () => {
    const of = studyOf('Oblong^Otto');
    const { series, sop, file } = oblongSlice(of);
    await store(file);
    await saveReport({ service, openPage }, of.study, series, sop, [
      [
        'length',
        [
          [12, 32],
          [32, 32],
        ],
        'Across',
      ],
    ]);
    await openStudy(of.study);
    await page().getByText('1/1').first().waitFor();
    await page()
      .getByText(/^Annotations, /)
      .first()
      .dblclick();
    await page().getByText('Across: : 20.00 mm').waitFor();
    await toMeasurements();
    await page().getByText('10.0 mm', { exact: true }).first().waitFor({ state: 'attached' });
  }, 120_000);
});

// Third-party files, which not every machine has.
describe.runIf(hasCorpus)('OHIF draws', () => {
  test.each([
    ['a palette', 'pydicom__pydicom/examples_palette.dcm', { coloured: 0.002 }],
    ['RGB', 'pydicom__pydicom/examples_rgb_color.dcm', { coloured: 0.002 }],
    [
      'JPEG in YBR',
      'cornerstonejs__cornerstone3D/TestPattern_JPEG-Baseline_YBRFull.dcm',
      { red: 0.005, green: 0.005, blue: 0.005 },
    ],
    // Bars of red, green and blue. Its JPEG says by an Adobe marker that it is RGB.
    ['JPEG in RGB', 'pydicom__pydicom/SC_rgb_dcmtk_+eb+cr.dcm', { red: 0.03, green: 0.03, blue: 0.03 }],
  ])('%s, in its colours', async (title, name, least) => {
    await openStudy(await storeThirdParty(name));
    await page().locator('canvas').first().waitFor();
    for (const [colour, share] of Object.entries(least))
      await expect
        .poll(async () => (await drawnIn(page()))[colour as keyof typeof least], { timeout: 25_000 })
        .toBeGreaterThan(share);
    await shoot(page(), title);
  });

  test('RGB in false colours if its JPEG does not say that it is RGB, which the service sends as it is stored', async () => {
    const file = readFileSync(new URL('pydicom__pydicom/SC_jpeg_no_color_transform.dcm', CORPUS));
    const study = await store(Buffer.from(file));
    const doctor = await service.as('doctor');
    const [{ '00280004': photometric, '0020000E': series, '00080018': sop }] = await doctor.json(
      'GET',
      `/dicom-web/studies/${study}/metadata`,
      200,
    );
    expect(photometric.Value).toEqual(['RGB']);
    const path = `/dicom-web/studies/${study}/series/${series.Value[0]}/instances/${sop.Value[0]}/frames/1`;
    const accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
    const sent = Buffer.from(await (await doctor.send('GET', path, undefined, { accept })).arrayBuffer());
    const jpeg = sent.subarray(sent.indexOf('\r\n\r\n') + 4, sent.lastIndexOf('\r\n--'));
    expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(jpeg.includes('Adobe')).toBe(false);
    expect(file.includes(jpeg)).toBe(true);

    await openStudy(study);
    await expect.poll(async () => (await drawnIn(page())).bright, { timeout: 25_000 }).toBeGreaterThan(0.1);
    // dcmtk decodes 244, 244, 244 by the Photometric Interpretation, and 255, 121, 255 if it converts always (dcmdjpeg +cp, +ca).
    const near = (...colour: number[]) => colour.map((value) => expect.closeTo(value, -1));
    // The thumbnail may be drawn later.
    await expect
      .poll(() => centreOf(page(), 'img[src^="blob:"]'), { timeout: 25_000 })
      .toEqual(near(244, 244, 244));
    expect(await centreOf(page(), 'canvas')).toEqual(near(255, 121, 255));
  });

  test('30 frames as a film', async () => {
    await openStudy(await storeThirdParty('pydicom__pydicom/examples_ybr_color.dcm'));
    await page().getByText('1/30').first().waitFor();
    const play = page().locator('[data-cy=cine-player-play-pause]');
    await play.click();
    const frames = new Set<string | undefined>();
    const frame = async () => /\((\d+)\/30\)/.exec(await page().locator('body').innerText())?.[1];
    await expect.poll(async () => frames.add(await frame()).size, { interval: 50 }).toBeGreaterThan(5);
    await play.click();
    // A frame that was on its way at the click may still be drawn.
    const stands = async () => {
      const before = await frame();
      await setTimeout(500);
      return before === (await frame());
    };
    await expect.poll(stands).toBe(true);
  });

  test.each([
    ['SR', 'dcmjs-org__dcmjs/sample-sr.dcm'],
    ['SEG', 'pydicom__pydicom/liver_1frame.dcm'],
    ['RTSTRUCT', 'pydicom__pydicom/rtstruct.dcm'],
  ])('nothing of %s without its images, and lists it', async (modality, name) => {
    await openStudy(await storeThirdParty(name));
    await page().getByText(modality).first().waitFor();
    expect(await page().locator('canvas').count()).toBe(0);
  });
});

describe('A study', () => {
  test('is opened in OHIF by the link in the page of the service', async () => {
    const { page: own } = await openPage('about:blank');
    await own.goto(`${service.stack.url}/studies/${first.study}`);
    await own.getByRole('button', { name: 'Sign in' }).click();
    await own.getByRole('link', { name: 'Dana Doctor' }).click();
    const link = own.getByRole('link', { name: 'Open in OHIF' });
    expect(await link.getAttribute('href')).toBe(
      `${viewer.origin()}/viewer?StudyInstanceUIDs=${first.study}`,
    );
  });

  test('needs no token in a URL', () => {
    expect(urls.length).toBeGreaterThan(100);
    expect(urls.filter((url) => /eyJ|token=/.test(url))).toEqual([]);
  });
});
