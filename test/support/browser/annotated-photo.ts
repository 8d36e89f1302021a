import type { Page } from 'playwright-core';
import { photo } from '../../fixtures/photos.ts';
import { newPatient } from '../people.ts';
import { createBatch, decided, type Service, upload } from '../service.ts';
import type { Browsing } from './browser.ts';

/** A patient with a photograph, and what is stored of its annotations. */
export async function onePhoto(service: Service, patient = newPatient()) {
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor, patient);
  const [id = ''] = await upload(doctor, batch, [await photo({ seed: 1 })]);
  await decided(doctor, id);
  const path = `/api/images/${id}/annotations`;
  const stored = async () => (await doctor.json('GET', path, 200)).annotations;
  return { doctor, patient, batch, id, path, stored };
}

/** Opens the photograph of a patient who has one. */
export async function shownPhoto(browsing: Browsing, user: string, patient: string): Promise<Page> {
  const page = await browsing.signedIn(user, `/patients/${patient}`);
  await page.getByRole('button', { name: /^Visit/ }).click();
  await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
  await page.locator('.viewer-stage > img').waitFor();
  return page;
}

export const annotate = (page: Page) => page.getByRole('button', { name: /^Annotate/ });
export const tool = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'What to draw' }).getByRole('button', { name, exact: true });
export const marks = (page: Page) => page.locator('.annotation-overlay .mark');
export const list = (page: Page) => page.getByRole('list', { name: 'Annotations' });

/** Chooses what to draw, and waits until the page can take the first point. */
export async function choose(page: Page, name: string) {
  await tool(page, name).click();
  await page.getByRole('application').waitFor();
}

/** A place on the picture, by parts of its width and height as it is drawn. */
export async function placeOver(page: Page, [x, y]: readonly [number, number]): Promise<[number, number]> {
  const box = await page.locator('.viewer-stage > img').evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const natural = [Reflect.get(element, 'naturalWidth'), Reflect.get(element, 'naturalHeight')];
    const scale = Math.min(width / natural[0], height / natural[1]);
    const [drawnWidth, drawnHeight] = [natural[0] * scale, natural[1] * scale];
    return {
      left: left + (width - drawnWidth) / 2,
      top: top + (height - drawnHeight) / 2,
      width: drawnWidth,
      height: drawnHeight,
    };
  });
  return [box.left + x * box.width, box.top + y * box.height];
}

/** Drags over the picture, by parts of its width and height as it is drawn. */
export async function dragOver(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  await page.mouse.move(...(await placeOver(page, from)));
  await page.mouse.down();
  await page.mouse.move(...(await placeOver(page, to)), { steps: 5 });
  await page.mouse.up();
}
