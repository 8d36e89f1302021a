import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { codestream } from '../../fixtures/codestreams.ts';
import { dicomForm, newUids, type Uids } from '../../fixtures/dicom-uploads.ts';
import { bits, dicomFile, encapsulated, type FixtureElement, imageOf, words } from '../../fixtures/dicoms.ts';
import { photo } from '../../fixtures/photos.ts';
import { faultsOf } from '../../support/browser/axe.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import {
  colours,
  ct,
  ctSlice,
  distance,
  drawn,
  hounsfield,
  middle,
  PIXELS,
  POLLING,
  SIDE,
  store,
  storeSeries,
  windowed,
} from '../../support/browser/study-stage.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { type Client, createBatch, decided, upload, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

const slider = (page: Page) => page.getByRole('slider', { name: 'Image' });
const dragBy = async (page: Page, x: number, y: number) => {
  const from = await middle(page);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + x / 2, from.y + y / 2, { steps: 4 });
  await page.mouse.move(from.x + x, from.y + y, { steps: 4 });
  await page.mouse.up();
};

describe('A study', () => {
  test('is drawn with the window of the file; wheel, keys and slider change the slice', async () => {
    const { study } = await storeSeries(doctor, 4);
    const page = await browsing.signedIn('doctor', `/studies/${study}`);
    const slices = [1, 2, 3, 4].map((number) => windowed(hounsfield(number), 40, 400));
    const [first = [], second = [], , fourth = []] = slices;
    await drawn(page, first);
    expect(await distance(page, second)).toBeGreaterThan(10);
    await page.getByRole('button', { name: /CT 4 images Thorax 5.0/ }).waitFor();

    const { x, y } = await middle(page);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, 100);
    await drawn(page, second);
    await page.keyboard.press('End');
    await drawn(page, fourth);
    await page.getByText('4 / 4', { exact: true }).waitFor();
    await page.keyboard.press('ArrowUp');
    await drawn(page, slices[2] ?? []);
    await slider(page).fill('1');
    await drawn(page, first);
    expect(await page.getByRole('button', { name: 'Previous image' }).isDisabled()).toBe(true);
  });

  test('loses no step of the wheel: while it loads, before it is drawn again, and if an event has several', async () => {
    const { study } = await storeSeries(doctor, 24);
    const page = await browsing.signedIn('doctor', '/');
    const opens = Promise.withResolvers<void>();
    await page.route('**/frames/**', async (route) => {
      await opens.promise;
      await route.continue().catch(() => undefined);
    });
    await page.goto(`/studies/${study}`);
    await page.getByText('Loading the image').waitFor({ state: 'attached' });
    const { x, y } = await middle(page);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, 100);
    await page.getByText('2 / 24', { exact: true }).waitFor();
    // All in one task, so that nothing is rendered between them.
    await page.locator('.stage-canvas').evaluate((stage) => {
      const Wheel = Reflect.get(globalThis, 'WheelEvent');
      const turn = (deltaY: number) =>
        Reflect.get(stage, 'dispatchEvent').call(
          stage,
          new Wheel('wheel', { deltaY, bubbles: true, cancelable: true }),
        );
      for (let notch = 0; notch < 15; notch += 1) turn(100);
      turn(300);
    });
    await page.getByText('20 / 24', { exact: true }).waitFor();
    opens.resolve();
    await drawn(page, windowed(hounsfield(20), 40, 400));
  });

  test('is windowed by dragging, by numbers and by presets, inverted, and reset; the window is the same for each slice', async () => {
    const { study } = await storeSeries(doctor, 2);
    const page = await browsing.signedIn('doctor', `/studies/${study}`);
    const own = windowed(hounsfield(1), 40, 400);
    await drawn(page, own);
    const width = page.getByRole('spinbutton', { name: 'Width' });
    expect(await width.inputValue()).toBe('400');

    await dragBy(page, 120, 0);
    await expect.poll(async () => Number(await width.inputValue()), POLLING).toBeGreaterThan(400);
    const center = page.getByRole('spinbutton', { name: 'Centre' });
    const dragged = windowed(
      hounsfield(1),
      Number(await center.inputValue()),
      Number(await width.inputValue()),
    );
    await drawn(page, dragged);
    expect(await distance(page, own)).toBeGreaterThan(5);

    await center.fill('0');
    await width.fill('100');
    await drawn(page, windowed(hounsfield(1), 0, 100));
    await width.blur();
    await page.keyboard.press('ArrowDown');
    await drawn(page, windowed(hounsfield(2), 0, 100));

    await page.getByRole('combobox', { name: 'Window preset' }).selectOption('Brain');
    const brain = windowed(hounsfield(2), 40, 80);
    await drawn(page, brain);
    await page.getByRole('button', { name: 'Invert' }).click();
    await drawn(
      page,
      brain.map((grey) => 255 - grey),
    );
    await page.getByRole('button', { name: 'Reset' }).click();
    await drawn(page, windowed(hounsfield(2), 40, 400));
  });

  test('is zoomed and moved, by mouse and by keys, and a reset restores its position', async () => {
    const { study } = await storeSeries(doctor, 1);
    const page = await browsing.signedIn('doctor', `/studies/${study}`);
    const own = windowed(hounsfield(1), 40, 400);
    await drawn(page, own);
    const hasMoved = () => expect.poll(() => distance(page, own), POLLING).toBeGreaterThan(10);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await hasMoved();
    await page.keyboard.press('0');
    await drawn(page, own);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await hasMoved();
    await page.keyboard.press('0');
    await drawn(page, own);
    await page.getByRole('button', { name: 'Pan' }).click();
    await dragBy(page, 150, 60);
    await hasMoved();
    await page.getByRole('button', { name: 'Reset' }).click();
    await drawn(page, own);
    await page.getByRole('button', { name: 'Zoom', exact: true }).click();
    await dragBy(page, 0, 120);
    await hasMoved();
    expect(await page.getByRole('spinbutton', { name: 'Width' }).inputValue()).toBe('400');
  });

  test('is windowed by one finger, and zoomed by two', async () => {
    const { study } = await storeSeries(doctor, 1);
    const page = await browsing.signedIn('doctor', `/studies/${study}`, { hasTouch: true });
    const own = windowed(hounsfield(1), 40, 400);
    await drawn(page, own);
    const session = await page.context().newCDPSession(page);
    const { x, y } = await middle(page);
    /**
     * Fingers that move from the points of the first list to those of the second, left or right of the
     * middle.
     */
    const moveFingers = async (from: number[], to: number[]) => {
      for (let step = 0; step <= 8; step++) {
        const touchPoints = from.map((at, id) => ({ id, y, x: x + at + ((to[id] ?? at) - at) * (step / 8) }));
        const type = step === 0 ? 'touchStart' : 'touchMove';
        await session.send('Input.dispatchTouchEvent', { type, touchPoints });
        await page.waitForTimeout(30);
      }
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    await moveFingers([0], [120]);
    const width = page.getByRole('spinbutton', { name: 'Width' });
    await expect.poll(async () => Number(await width.inputValue()), POLLING).toBeGreaterThan(400);
    await page.getByRole('button', { name: 'Reset' }).click();
    await drawn(page, own);
    await moveFingers([-30, 30], [-120, 120]);
    await expect.poll(() => distance(page, own), POLLING).toBeGreaterThan(10);
    expect(await width.inputValue()).toBe('400');
  });

  test('shows its attributes, names in every script, and filters attributes', async () => {
    const { study, uids } = await storeSeries(doctor, 1);
    const page = await browsing.signedIn('doctor', `/studies/${study}`);
    const table = page.getByRole('region', { name: 'Attributes' });
    await table.getByRole('cell', { name: 'Yamada Tarou · 山田 太郎 · やまだ たろう' }).waitFor();
    await table.getByRole('cell', { name: uids[0]?.sop ?? '' }).waitFor();
    await page.getByRole('searchbox').fill('rescale');
    await table.getByRole('cell', { name: 'Rescale Intercept (0028,1052)' }).waitFor();
    expect(await table.getByRole('cell', { name: /Yamada/ }).count()).toBe(0);
    await page.getByRole('searchbox').fill('00081030');
    await table.getByRole('cell', { name: 'CT Thorax' }).waitFor();
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByText('Nothing matches.').waitFor();
  });
});

/** A study of one file that is not a plain slice. */
async function storeOne(elements: FixtureElement[], syntax?: Parameters<typeof dicomFile>[1]) {
  const uids = newUids();
  const file = Buffer.from(
    dicomFile(
      [
        ...elements,
        ['00080018', 'UI', uids.sop],
        ['0020000D', 'UI', uids.study],
        ['0020000E', 'UI', uids.series],
      ],
      syntax,
    ),
  );
  await doctor.json('POST', '/dicom/upload', 201, dicomForm(file));
  return `/studies/${uids.study}`;
}

/**
 * Opens the study, and waits until its image equals the image rendered by the service, with a tolerance of
 * two grey levels.
 */
async function isDrawnAsByService(page: Page, kind: string, path: string) {
  const [series] = await doctor.json('GET', `/dicom-web${path}/instances`, 200);
  const uid = (tag: string) => series[tag].Value[0];
  const picture = await doctor.send(
    'GET',
    `/dicom-web${path}/series/${uid('0020000E')}/instances/${uid('00080018')}/rendered?accept=image/png`,
  );
  expect(picture.status).toBe(200);
  const samples = await sharp(await picture.arrayBuffer())
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  await page.goto(path);
  const farthest = async () => {
    const seen = (await colours(page)).flat();
    return Math.max(...seen.map((level, at) => Math.abs(level - (samples[at] ?? Number.NaN))));
  };
  await expect.poll(farthest, { ...POLLING, message: kind }).toBeLessThanOrEqual(2);
}

test('Each of several series can be selected, by keyboard too', async () => {
  const { study } = await storeSeries(doctor, 2);
  const scout = newUids({ study });
  expect(
    (
      await store(
        doctor,
        ctSlice(scout, 4, [
          ['00200011', 'IS', '1'],
          ['0008103E', 'LO', 'Scout'],
        ]),
      )
    ).status,
  ).toBe(200);
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await drawn(page, windowed(hounsfield(4), 40, 400));
  const thorax = page.getByRole('button', { name: /Thorax/ });
  await thorax.focus();
  await page.keyboard.press('Enter');
  await drawn(page, windowed(hounsfield(1), 40, 400));
  expect(await thorax.getAttribute('aria-pressed')).toBe('true');
  expect(await thorax.evaluate((button) => button.matches(':focus'))).toBe(true);
  await expect
    .poll(
      () =>
        page
          .locator('.series-picture img')
          .evaluateAll((all) => all.map((each) => Reflect.get(each, 'naturalWidth'))),
      POLLING,
    )
    .toEqual([SIDE, SIDE]);
});

describe('Other kinds of images', () => {
  const ramp = Array.from({ length: PIXELS }, (_value, at) => at * 4);

  test('compressed images have the same values', async () => {
    const stored = hounsfield(3).map((value) => value + 1024);
    const compressed = await codestream('encodeJpegLs', {
      columns: SIDE,
      rows: SIDE,
      samplesPerPixel: 1,
      bitsAllocated: 16,
      bitsStored: 12,
      samples: words(...stored),
    });
    const path = await storeOne(
      [
        ...imageOf(SIDE, SIDE, { fragments: [new Uint8Array(), compressed] }),
        ...ct(3),
        ['00080060', 'CS', 'CT'],
      ],
      encapsulated('1.2.840.10008.1.2.4.80'),
    );
    const page = await browsing.signedIn('doctor', path);
    await drawn(page, windowed(hounsfield(3), 40, 400));
  });

  test('MONOCHROME1 shows small values white', async () => {
    const path = await storeOne([
      ...imageOf(SIDE, SIDE, Uint8Array.from(ramp)),
      ['00280004', 'CS', 'MONOCHROME1'],
    ]);
    const page = await browsing.signedIn('doctor', path);
    await drawn(
      page,
      ramp.map((value) => Math.round(255 * (1 - value / 252))),
    );
  });

  test('a VOI LUT is applied as its curve', async () => {
    const path = await storeOne([
      ...imageOf(SIDE, SIDE, Uint8Array.from(ramp)),
      [
        '00283010',
        'SQ',
        [
          [
            ['00283002', 'US', [256, 0, 8]],
            ['00283006', 'US', Array.from({ length: 256 }, (_value, value) => 255 - Math.floor(value / 2))],
          ],
        ],
      ],
    ]);
    const page = await browsing.signedIn('doctor', path);
    await drawn(
      page,
      ramp.map((value) => 255 - Math.floor(value / 2)),
    );
  });

  test('overlays are white lines over it', async () => {
    const plane = new Uint8Array(PIXELS / 8);
    plane[2] = 0b0000_1111;
    const path = await storeOne([
      ...imageOf(SIDE, SIDE, Uint8Array.from(ramp)),
      ['60000010', 'US', [SIDE]],
      ['60000011', 'US', [SIDE]],
      ['60000040', 'CS', 'G'],
      ['60000050', 'SS', [1, 1]],
      ['60000100', 'US', [1]],
      ['60000102', 'US', [0]],
      ['60003000', 'OW', plane],
    ]);
    const page = await browsing.signedIn('doctor', path);
    await drawn(
      page,
      ramp.map((value, at) => (at >= 16 && at < 20 ? 255 : Math.round((255 * value) / 252))),
    );
  });

  const ramp16 = words(...Array.from({ length: PIXELS }, (_value, at) => at * 900));
  const floats = new Uint8Array(Float32Array.from({ length: PIXELS }, (_value, at) => at / 7 - 3).buffer);
  const curve = (shape: string): FixtureElement[] => [
    ['00281050', 'DS', '120'],
    ['00281051', 'DS', '90'],
    ['00281056', 'CS', shape],
  ];
  const modalityLut: FixtureElement[] = [
    [
      '00283000',
      'SQ',
      [
        [
          ['00283002', 'US', [256, 0, 16]],
          ['00283006', 'OW', words(...Array.from({ length: 256 }, (_value, value) => value * value))],
        ],
      ],
    ],
  ];
  const ANGIOGRAPHY = '1.2.840.10008.5.1.4.1.1.12.1';
  const noPixels = imageOf(SIDE, SIDE, Uint8Array.from(ramp)).filter(([tag]) => tag !== '7FE00010');
  const kinds: [kind: string, elements: FixtureElement[], image?: FixtureElement[]][] = [
    ['a sigmoid', curve('SIGMOID')],
    ['an exact window', curve('LINEAR_EXACT')],
    [
      'a step',
      [
        ['00281050', 'DS', '120.5'],
        ['00281051', 'DS', '1'],
      ],
    ],
    [
      'a rescale that is no whole number',
      [['00281052', 'DS', '-7.5'], ['00281053', 'DS', '0.37'], ...curve('LINEAR')],
    ],
    ['a rescale downwards', [['00281052', 'DS', '300'], ['00281053', 'DS', '-1'], ...curve('LINEAR')]],
    ['16 bits without a window', [...bits(16), ['7FE00010', 'OW', ramp16]]],
    ['signed 16 bits', [...bits(16, 16, true), ['7FE00010', 'OW', ramp16]]],
    ['12 bits with something above them', [...bits(16, 12), ['7FE00010', 'OW', ramp16]]],
    [
      '32 bits',
      [
        ...bits(32),
        ['7FE00010', 'OW', words(...Array.from({ length: PIXELS }, (_value, at) => [at, at * 50]).flat())],
      ],
    ],
    ['a modality LUT', modalityLut],
    ['that of an angiography, which is not for looking', [...modalityLut, ['00080016', 'UI', ANGIOGRAPHY]]],
    [
      'and a rescale of one',
      [
        ['00281052', 'DS', '-100'],
        ['00281053', 'DS', '3'],
        ['00080016', 'UI', ANGIOGRAPHY],
        ...curve('LINEAR'),
      ],
    ],
    [
      'a palette',
      [
        ['00280004', 'CS', 'PALETTE COLOR'],
        ...['1', '2', '3'].flatMap((colour): FixtureElement[] => [
          [`0028110${colour}`, 'US', [256, 0, 16]],
          [
            `0028120${colour}`,
            'OW',
            words(...Array.from({ length: 256 }, (_value, value) => ((value * Number(colour)) % 256) * 257)),
          ],
        ]),
      ],
    ],
    ['all the same', [['7FE00010', 'OW', new Uint8Array(PIXELS).fill(9)]]],
    [
      'floating point numbers',
      [
        ['00280100', 'US', [32]],
        ['7FE00008', 'OF', floats],
      ],
      noPixels,
    ],
  ];
  test('are drawn as the service draws them, for any description of the pixel values', {
    timeout: 120_000,
  }, async () => {
    const page = await browsing.signedIn('doctor');
    for (const [kind, elements, image = imageOf(SIDE, SIDE, Uint8Array.from(ramp))] of kinds) {
      await isDrawnAsByService(page, kind, await storeOne([...image, ...elements]));
    }
  });

  test('a multi-frame image in colour is shown frame by frame', async () => {
    const frame = (colour: number[]) => Array.from({ length: PIXELS }, () => colour).flat();
    const colour = [
      [200, 30, 40],
      [10, 90, 250],
      [20, 160, 60],
    ];
    const path = await storeOne([
      ...imageOf(SIDE, SIDE, Uint8Array.from(colour.flatMap(frame))),
      ['00080060', 'CS', 'US'],
      ['00280002', 'US', [3]],
      ['00280004', 'CS', 'RGB'],
      ['00280006', 'US', [0]],
      ['00280008', 'IS', '3'],
    ]);
    const page = await browsing.signedIn('doctor', path);
    const isAll = (index: number) =>
      expect
        .poll(async () => {
          const seen = await colours(page);
          return Math.max(
            ...seen.flatMap((each) =>
              each.map((level, at) => Math.abs(level - (colour[index]?.[at] ?? 999))),
            ),
          );
        }, POLLING)
        .toBeLessThanOrEqual(1);
    await isAll(0);
    await page.keyboard.press('ArrowDown');
    await isAll(1);
    await page.getByText('Frame 2 / 3').waitFor();
    await page.getByRole('button', { name: 'Next image' }).click();
    await isAll(2);
  });

  test('an image that cannot be decoded has its reason, an object without image says that, and the next one is shown', async () => {
    const { study, series } = newUids();
    const [film, report, good] = [
      newUids({ study, series }),
      newUids({ study, series }),
      newUids({ study, series }),
    ];
    const uidsOf = (uids: Uids): FixtureElement[] => [
      ['00080018', 'UI', uids.sop],
      ['0020000D', 'UI', study],
      ['0020000E', 'UI', series],
    ];
    const video = dicomFile(
      [
        ...imageOf(SIDE, SIDE, { fragments: [new Uint8Array(), new Uint8Array(400)] }),
        ['00100020', 'LO', PATIENT_1],
        ...uidsOf(film),
        ['00200013', 'IS', '1'],
      ],
      encapsulated('1.2.840.10008.1.2.4.102'),
    );
    const words = dicomFile([
      ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.88.11'],
      ['00080060', 'CS', 'SR'],
      ['00100020', 'LO', PATIENT_1],
      ['00200013', 'IS', '2'],
      ...uidsOf(report),
    ]);
    for (const file of [video, words, ctSlice(good, 3)]) {
      await doctor.json('POST', '/dicom/upload', 201, dicomForm(Buffer.from(file)));
    }
    const page = await browsing.signedIn('doctor', `/studies/${study}`);
    const alert = page.getByRole('alert');
    await alert.getByText('This image cannot be shown').waitFor();
    await alert.getByText(/transfer syntax 1\.2\.840\.10008\.1\.2\.4\.102, which can’t be shown/).waitFor();
    await page.keyboard.press('ArrowDown');
    await alert.getByText('This DICOM file has no image to show.').waitFor();
    await page.keyboard.press('ArrowDown');
    await drawn(page, windowed(hounsfield(3), 40, 400));
    expect(await alert.count()).toBe(0);
  });
});

describe('An exam', () => {
  const register = (examenID: string, uids: Uids, own: Record<string, unknown>) =>
    doctor.json('POST', '/examens-medicaux/images', 201, {
      examenID,
      studyInstanceUID: uids.study,
      seriesInstanceUID: uids.series,
      sopInstanceUID: uids.sop,
      dateAcquisition: '2025-06-01',
      modalite: 'CT',
      description: 'Chest CT scan',
      ...own,
    });

  test('shows its own images, photographs too, and names those that are not stored yet', async () => {
    const [image = ''] = await upload(doctor, await createBatch(doctor), [await photo({ seed: 5 })]);
    await decided(doctor, image);
    const exam = randomUUID();
    const { uids } = await storeSeries(doctor, 2);
    await register(exam, uids[1] as Uids, {});
    await register(exam, newUids(), {
      modalite: 'XC',
      description: 'The skin',
      url: `/api/images/${image}/data`,
    });
    await register(exam, newUids(), { modalite: 'MR', description: 'To come' });
    await register(exam, newUids(), {
      modalite: 'PT',
      description: 'Afar',
      url: 'https://pacs.clinic.example/7',
    });
    const page = await browsing.signedIn('doctor', `/exams/${exam}`);
    await drawn(page, windowed(hounsfield(2), 40, 400));
    expect(await slider(page).count()).toBe(0);
    await page.getByRole('button', { name: /The skin/ }).click();
    const picture = page.getByRole('img', { name: 'The skin' });
    await expect
      .poll(() => picture.evaluate((shown) => Reflect.get(shown, 'naturalWidth')), POLLING)
      .toBe(640);
    const width = async () => (await picture.boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(width).toBeGreaterThan(before * 1.2);
    await page.keyboard.press('0');
    await expect.poll(async () => Math.round(await width())).toBe(Math.round(before));
    await page.getByRole('button', { name: /To come/ }).click();
    await page.getByText('This image is not stored yet').waitFor();
    await page.getByRole('button', { name: /Afar/ }).click();
    expect(await page.getByRole('link', { name: 'pacs.clinic.example' }).getAttribute('href')).toBe(
      'https://pacs.clinic.example/7',
    );
    await page.getByRole('button', { name: /Chest CT scan/ }).click();
    await page.getByRole('link', { name: 'The whole study' }).click();
    await drawn(page, windowed(hounsfield(1), 40, 400));
    expect(await slider(page).getAttribute('max')).toBe('2');
  });

  test('is shown to its patient, who opens its study from their own page, and to no other patient', async () => {
    const exam = randomUUID();
    const { study, uids } = await storeSeries(doctor, 1, [['00100020', 'LO', PATIENT_1]]);
    await register(exam, uids[0] as Uids, {});
    const own = windowed(hounsfield(1), 40, 400);

    const patient = await browsing.signedIn('patient-1');
    await patient.getByText('Exams and studies').click();
    await patient.locator(`a[href="/studies/${study}"]`).click();
    await drawn(patient, own);
    await patient.goto(`/exams/${exam}`);
    await drawn(patient, own);

    const otherPatient = await browsing.signedIn('patient-2', `/studies/${study}`);
    await otherPatient.getByText('There is no such study').waitFor();
    await otherPatient.goto(`/exams/${exam}`);
    await otherPatient.getByText('There is no such exam').waitFor();
    await otherPatient.goto('/');
    await otherPatient.getByText('No images yet').waitFor();
    expect(await otherPatient.getByText('Exams and studies').count()).toBe(0);
  });
});

test('axe finds no violation in light and in dark, also on a phone', async () => {
  const { study } = await storeSeries(doctor, 2);
  const page = await browsing.signedIn('doctor', `/studies/${study}`);
  await drawn(page, windowed(hounsfield(1), 40, 400));
  await page.getByRole('region', { name: 'Attributes' }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  await drawn(page, windowed(hounsfield(1), 40, 400));
  expect(await faultsOf(page)).toEqual([]);
  await page.goto('/studies/1.2.3');
  await page.getByText('There is no such study').waitFor();
  expect(await faultsOf(page)).toEqual([]);
});
