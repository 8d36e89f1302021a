import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { CountedActions } from '../support/browser/counted-actions.ts';
import { openBatch } from '../support/browser/patient-page.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, register, upload, useService } from '../support/service.ts';

// Ways to compare two images, of which one is of another visit.

const service = useService();
const browsing = useBrowser(service);

const PATIENT = newPatient();
const ids: Record<string, string> = {};
beforeAll(async () => {
  const doctor = await service.as('doctor');
  for (const [visit, seeds] of [
    ['First visit', [1, 2]],
    ['Second visit', [3]],
  ] as const) {
    const files = await Promise.all(seeds.map((seed) => photo({ seed })));
    const made = await upload(doctor, await createBatch(doctor, PATIENT, visit), files);
    for (const [index, id] of made.entries()) {
      await decided(doctor, id);
      ids[`photo-${seeds[index]}`] = id;
    }
  }
  await change('photo-1', { date_taken: '2024-01-15', eye_side: 'right' });
  await change('photo-3', { date_taken: '2025-06-20', eye_side: 'right' });
});

const change = async (name: string, changes: Record<string, unknown>) =>
  (await service.as('doctor')).json('PATCH', `/api/images/${ids[name]}`, 200, changes);

const comparison = (page: Page) => page.getByRole('region', { name: 'Comparison' });
const pictures = (page: Page) => comparison(page).locator('.compare-frame > img');
const mode = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const widths = (page: Page) =>
  pictures(page).evaluateAll((found) => found.map((each) => Reflect.get(each, 'naturalWidth')));
const toolOf = (page: Page, name: string) => comparison(page).getByRole('button', { name });
const upperLayer = (page: Page, property: string) =>
  page
    .locator('.compare-layer')
    .nth(1)
    .evaluate((layer, name) => Reflect.get(Reflect.get(layer, 'style'), name), property);

/** Opens the comparison by its address. */
async function compared(
  one = 'photo-1',
  other = 'photo-3',
  query = '',
  options?: Parameters<typeof browsing.signedIn>[2],
) {
  const path = `/patients/${PATIENT}?compare=${ids[one]},${ids[other]}${query}`;
  const page = await browsing.signedIn('doctor', path, options);
  await shown(page);
  return page;
}
const shown = (page: Page) => expect.poll(() => widths(page)).toEqual([640, 640]);

describe('Images of two visits', () => {
  test('are compared in four actions from the patient’s page, the earlier one on the left', async () => {
    const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`);
    const user = new CountedActions(page);
    await user.click(page.getByRole('button', { name: /^Second visit/ }));
    await user.click(page.getByLabel('Select photo-3.jpeg'));
    await user.click(page.getByRole('button', { name: 'Compare' }));
    await user.click(page.getByRole('dialog').getByRole('button', { name: /photo-1\.jpeg/ }));
    await shown(page);
    expect(user.done).toHaveLength(4);
    const labels = await comparison(page).locator('.compare-label').allInnerTexts();
    expect(labels[0]).toMatch(new RegExp(`Patient ${PATIENT}[^]*captured 15 Jan 2024[^]*photo-1\\.jpeg`));
    expect(labels[1]).toMatch(new RegExp(`Patient ${PATIENT}[^]*captured 20 Jun 2025[^]*photo-3\\.jpeg`));
  });

  test('are compared from the viewer, and from the gallery', async () => {
    const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`);
    await openBatch(page, 'First visit');
    await page.getByRole('button', { name: 'Show photo-2.jpeg' }).click();
    await page.getByRole('button', { name: 'Compare with another image' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /photo-3\.jpeg/ })
      .click();
    await shown(page);
    await page.getByRole('button', { name: 'Close comparison' }).click();
    await page.getByLabel('View', { exact: true }).selectOption('visit');
    await page.getByLabel('Select photo-1.jpeg').check();
    await page.getByLabel('Select photo-3.jpeg').check();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await shown(page);
    expect(await comparison(page).locator('.compare-name').allTextContents()).toEqual([
      'photo-1.jpeg',
      'photo-3.jpeg',
    ]);
  });

  test('of another patient are not shown by an address', async () => {
    const doctor = await service.as('doctor');
    const [other] = await upload(doctor, await createBatch(doctor, newPatient()), [await photo({ seed: 9 })]);
    await decided(doctor, other as string);
    const page = await browsing.signedIn('doctor', `/patients/${PATIENT}?compare=${ids['photo-1']},${other}`);
    await expect.poll(() => new URL(page.url()).search).toBe('');
    expect(await comparison(page).count()).toBe(0);
  });
});

test('The dividing line is moved by keyboard and by mouse, and the mode is in the address', async () => {
  const page = await compared();
  await mode(page, 'Slider').click();
  const line = page.getByLabel('Dividing line');
  await line.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => upperLayer(page, 'clipPath')).toBe('inset(0px 0px 0px 51%)');
  await page.keyboard.press('Home');
  await expect.poll(() => upperLayer(page, 'clipPath')).toBe('inset(0px 0px 0px 0%)');
  expect(new URL(page.url()).searchParams.get('mode')).toBe('slider');
  await page.reload();
  await shown(page);
  const stage = await page.locator('.compare-layers .viewer-stage').boundingBox();
  if (!stage) throw new Error('expected a stage, received none');
  await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
  await page.mouse.down();
  await page.mouse.move(stage.x + stage.width / 4, stage.y + stage.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => line.inputValue()).toBe('25');
});

test('The upper image is as opaque as wanted, both zoom together, and the upper one alone when they are not linked', async () => {
  const page = await compared('photo-1', 'photo-3', '&mode=overlay');
  const opacity = page.getByLabel('Opacity of photo-3.jpeg');
  await opacity.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => upperLayer(page, 'opacity')).toBe('0.49');
  const zooms = () =>
    page
      .locator('.compare-zoomed')
      .evaluateAll((found) =>
        found.map((each) =>
          Number(/scale\(([\d.]+)/.exec(Reflect.get(Reflect.get(each, 'style'), 'transform'))?.[1]),
        ),
      );
  await toolOf(page, 'Zoom in').click();
  const zoomOf = async (index: number) => (await zooms())[index];
  await expect.poll(() => zoomOf(1)).toBeGreaterThan(1);
  const [together = 0, alike] = await zooms();
  expect(alike).toBe(together);
  await toolOf(page, 'Zoom both together').click();
  await toolOf(page, 'Zoom in').click();
  await expect.poll(() => zoomOf(1)).toBeGreaterThan(together);
  expect(await zoomOf(0)).toBe(together);
  await toolOf(page, 'Zoom both together').click();
  await expect.poll(zooms).toEqual([1, 1]);
});

describe('The alignment', () => {
  /** Where a part of the picture is on the screen; the picture is not turned. */
  const at = async (page: Page, index: number, x: number, y: number) => {
    const box = await pictures(page).nth(index).boundingBox();
    if (!box) throw new Error('expected a picture, received none');
    return { x: box.x + x * box.width, y: box.y + y * box.height };
  };

  test('puts two points of one image on those of the other, which are clicked', async () => {
    const page = await compared();
    await toolOf(page, 'Align by two points').click();
    const points = [
      [0, 0.3, 0.6],
      [0, 0.7, 0.6],
      [1, 0.4, 0.5],
      [1, 0.6, 0.5],
    ] as const;
    for (const [index, x, y] of points) {
      const place = await at(page, index, x, y);
      await page.mouse.click(place.x, place.y);
    }
    await mode(page, 'Align').click();
    // Side by side nothing of it would be seen.
    await page.getByLabel('Opacity of photo-3.jpeg').waitFor();
    await shown(page);
    for (const [lower, upper] of [
      [points[0], points[2]],
      [points[1], points[3]],
    ] as const) {
      const distance = async () => {
        const one = await at(page, 0, lower[1], lower[2]);
        const other = await at(page, 1, upper[1], upper[2]);
        return Math.hypot(one.x - other.x, one.y - other.y);
      };
      await expect.poll(distance).toBeLessThan(3);
    }
    const [lower, upper] = await Promise.all([0, 1].map((index) => pictures(page).nth(index).boundingBox()));
    expect((upper?.width ?? 0) / (lower?.width ?? 1)).toBeCloseTo(2, 1);
    await toolOf(page, 'Align by two points').click();
    await expect
      .poll(async () => (await pictures(page).nth(1).boundingBox())?.width)
      .toBeCloseTo(lower?.width ?? 0, 0);
  });

  test('is made by keyboard alone, and not from two marks in one place', async () => {
    const page = await compared('photo-1', 'photo-3', '&mode=slider');
    await toolOf(page, 'Align by two points').press('Enter');
    const mark = page.getByRole('button', { name: 'Point 1 in photo-3.jpeg' });
    const left = () =>
      mark.evaluate((each) => Number.parseFloat(Reflect.get(Reflect.get(each, 'style'), 'left')));
    expect(await left()).toBeCloseTo(33.3, 1);
    await mark.press('Shift+ArrowRight');
    expect(await left()).toBeCloseTo(38.3, 1);
    await mark.press('ArrowLeft');
    expect(await left()).toBeCloseTo(37.8, 1);
    // Onto the second mark, in the middle at two thirds.
    for (let step = 0; step < 6; step++) await mark.press('Shift+ArrowRight');
    await mark.press('ArrowLeft');
    await mark.press('ArrowLeft');
    await page.getByText('The two marks of an image must be apart.').waitFor();
    expect(await mode(page, 'Align').isDisabled()).toBe(true);
    await mark.press('Shift+ArrowLeft');
    await mode(page, 'Align').press('Enter');
    await page.getByLabel('Dividing line').waitFor();
    expect(
      await pictures(page)
        .nth(1)
        .evaluate((each) => Boolean(Reflect.get(each, 'closest').call(each, '.placed'))),
    ).toBe(true);
  });
});

test('An edited image is compared as its edits show it', async () => {
  const doctor = await service.as('doctor');
  const [id] = await upload(doctor, await createBatch(doctor, PATIENT, 'Edited'), [await photo({ seed: 4 })]);
  await decided(doctor, id as string);
  await doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps: { quarterTurns: 1 }, version: 0 });
  const path = `/patients/${PATIENT}?compare=${ids['photo-1']},${id}&mode=slider`;
  const page = await browsing.signedIn('doctor', path);
  await expect.poll(() => widths(page)).toEqual([640, 480]);
});

test('A warning says that the eyes differ, the right one is on the left, and a wrong side is corrected there', async () => {
  await change('photo-2', { eye_side: 'left' });
  const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`);
  await openBatch(page, 'First visit');
  await page.getByLabel('Select photo-2.jpeg').check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /photo-3\.jpeg/ })
    .click();
  await shown(page);
  expect(await comparison(page).locator('.compare-name').allTextContents()).toEqual([
    'photo-3.jpeg',
    'photo-2.jpeg',
  ]);
  const warning = comparison(page).getByRole('alert');
  expect(await warning.innerText()).toBe(
    'Different eyes: photo-3.jpeg shows the right eye, photo-2.jpeg the left eye.',
  );
  expect(await faultsOf(page)).toEqual([]);
  await page.getByLabel('Eye of photo-2.jpeg').selectOption('Right eye');
  await warning.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await warning.waitFor();
});

test('The gallery by eye has the right eyes in its left half, and the left eyes in its right half', async () => {
  await change('photo-2', { eye_side: 'left' });
  const page = await browsing.signedIn('doctor', `/patients/${PATIENT}`);
  await page.getByLabel('View', { exact: true }).selectOption('eye');
  const startOf = async (name: string) =>
    (await page.getByRole('article', { name, exact: true }).boundingBox())?.x ?? Number.NaN;
  const gallery = await page.locator('.gallery').boundingBox();
  const middle = (gallery?.x ?? 0) + (gallery?.width ?? 0) / 2;
  await expect.poll(() => startOf('photo-2.jpeg')).toBeGreaterThanOrEqual(middle);
  expect(await startOf('photo-1.jpeg')).toBeLessThan(middle);
  expect(await startOf('photo-3.jpeg')).toBe(await startOf('photo-1.jpeg'));
});

test('The comparison is printed on one sheet with the patient, the days, the eyes and the warning', async () => {
  await register(await service.as('staff'), PATIENT, 'Vergleich');
  await change('photo-2', { eye_side: 'left' });
  const page = await compared('photo-1', 'photo-2');
  await page.evaluate(() => {
    Reflect.set(globalThis, 'print', () => Reflect.set(globalThis, 'printed', true));
  });
  await page.getByRole('button', { name: 'Print the comparison' }).click();
  await expect.poll(() => page.evaluate(() => Reflect.get(globalThis, 'printed'))).toBe(true);
  await page.emulateMedia({ media: 'print' });
  const words = await page.locator('.print-sheet').innerText();
  expect(words).toMatch(new RegExp(`Vergleich[^]*Patient ${PATIENT}\\s+Comparison\\s+Printed \\d`));
  expect(words).toContain('Different eyes: photo-1.jpeg shows the right eye, photo-2.jpeg the left eye.');
  expect(words).toContain('Right eye · captured 15 Jan 2024 · photo-1.jpeg');
  expect(words).toMatch(/Left eye · uploaded \d+ \w+ \d{4} · photo-2\.jpeg/);
  for (const landscape of [false, true]) {
    const file = await page.pdf({ format: 'A4', landscape });
    expect(file.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  }
});

test('Annotations are shown on request in each mode, on their place at any zoom, and on the printed sheet', async () => {
  const doctor = await service.as('doctor');
  const [id = ''] = await upload(doctor, await createBatch(doctor, PATIENT, 'Annotated'), [
    await photo({ seed: 7 }),
  ]);
  await decided(doctor, id);
  const points = [
    [160, 120],
    [160, 360],
  ];
  const shape = { kind: 'length', points };
  await doctor.json('POST', `/api/images/${id}/annotations`, 201, { shape, text: 'Ulcer' });
  // Turned clockwise, the line lies across the left half of the upper part.
  await doctor.json('PUT', `/api/images/${id}/edit`, 200, { steps: { quarterTurns: 1 }, version: 0 });
  const page = await browsing.signedIn('doctor', `/patients/${PATIENT}?compare=${ids['photo-1']},${id}`);
  await expect.poll(() => widths(page)).toEqual([640, 480]);
  const line = comparison(page).locator('.mark-line');
  expect(await line.count()).toBe(0);
  await toolOf(page, 'Show annotations').click();
  /** The place of the line, in parts of the picture. */
  const place = async () => {
    const [picture, drawn] = [await pictures(page).nth(1).boundingBox(), await line.boundingBox()];
    if (!picture || !drawn) return undefined;
    return [
      (drawn.x - picture.x) / picture.width,
      drawn.width / picture.width,
      (drawn.y + drawn.height / 2 - picture.y) / picture.height,
    ].map((part) => Math.round(part * 20) / 20);
  };
  for (const name of ['Side by side', 'Slider', 'Overlay']) {
    await mode(page, name).click();
    await expect.poll(place).toEqual([0.25, 0.5, 0.25]);
    expect(await faultsOf(page)).toEqual([]);
  }
  const letters = async () => (await comparison(page).locator('.mark text').boundingBox())?.height ?? 0;
  const before = await letters();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect.poll(async () => (await pictures(page).nth(1).boundingBox())?.width ?? 0).toBeGreaterThan(500);
  await expect.poll(place).toEqual([0.25, 0.5, 0.25]);
  await expect.poll(async () => Math.abs((await letters()) - before)).toBeLessThan(2);

  await page.evaluate(() => {
    Reflect.set(globalThis, 'print', () => Reflect.set(globalThis, 'printed', true));
  });
  await page.getByRole('button', { name: 'Print the comparison' }).click();
  await expect.poll(() => page.evaluate(() => Reflect.get(globalThis, 'printed'))).toBe(true);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.print-sheet').innerText()).toContain('1 · Length · 240 px · Ulcer');
  expect(await page.locator('.print-sheet .mark-line').count()).toBe(1);
});

test('Each mode is accessible, and fits on a phone', async () => {
  const page = await compared('photo-1', 'photo-3', '', { viewport: { width: 390, height: 844 } });
  for (const name of ['Side by side', 'Slider', 'Overlay']) {
    await mode(page, name).click();
    await shown(page);
    expect(await faultsOf(page)).toEqual([]);
    for (const picture of await pictures(page).all()) {
      const box = await picture.boundingBox();
      expect(box?.height).toBeGreaterThan(150);
      expect((box?.x ?? -1) + (box?.width ?? 0)).toBeLessThanOrEqual(391);
    }
    const reach = await page.evaluate(() => {
      const root = Reflect.get(Reflect.get(globalThis, 'document'), 'documentElement');
      return Reflect.get(root, 'scrollWidth');
    });
    expect(reach).toBeLessThanOrEqual(390);
  }
  await toolOf(page, 'Align by two points').click();
  await page.getByRole('button', { name: 'Point 2 in photo-1.jpeg' }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
});
