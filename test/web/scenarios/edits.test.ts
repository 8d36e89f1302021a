import { expect, test } from 'vitest';
import { photos } from '../../fixtures/photos.ts';
import { useBrowser } from '../../support/browser/browser.ts';
import { CountedActions } from '../../support/browser/counted-actions.ts';
import { openBatch, tiles } from '../../support/browser/patient-page.ts';
import { newPatient } from '../../support/people.ts';
import { createBatch, decided, upload, useService } from '../../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

test('Ten images are rotated and cropped with six actions', async () => {
  const [doctor, patient] = [await service.as('doctor'), newPatient()];
  const batch = await createBatch(doctor, patient);
  for (const id of await upload(doctor, batch, await photos(10))) await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await openBatch(page);
  await expect.poll(() => tiles(page).count(), { timeout: 20_000 }).toBe(10);
  const user = new CountedActions(page);
  await user.click(page.getByRole('checkbox').first());
  await user.click(page.getByRole('checkbox').nth(9), { holding: 'Shift' });
  await user.click(page.getByRole('button', { name: 'Edit', exact: true }));
  const dialog = page.getByRole('dialog', { name: 'Edit 10 images' });
  const canvas = dialog.getByRole('img', { name: 'Preview of the edited image' });
  await canvas.waitFor();
  await user.click(dialog.getByRole('button', { name: 'Rotate right' }));
  const box = await canvas.boundingBox();
  if (!box) throw new Error('there is no preview');
  // A drag over the picture: one action.
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.25);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.75, { steps: 5 });
  await page.mouse.up();
  await user.click(dialog.getByRole('button', { name: 'Save' }));
  await dialog.waitFor({ state: 'detached', timeout: 30_000 });
  expect(user.count + 1, user.done.join(', ')).toBeLessThanOrEqual(6);
  const { images } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
  expect(images).toHaveLength(10);
  for (const { edit } of images) {
    expect(edit).toMatchObject({ version: 1, steps: { quarterTurns: 1 } });
    expect(edit.steps.crop.width).toBeCloseTo(0.5, 1);
  }
  // Their thumbnails show it: a wide photograph is high.
  const high = () =>
    tiles(page)
      .locator('img')
      .evaluateAll(
        (pictures) =>
          pictures.filter(
            (picture) => Reflect.get(picture, 'naturalHeight') > Reflect.get(picture, 'naturalWidth'),
          ).length,
      );
  await expect.poll(high, { timeout: 20_000 }).toBe(10);
});

test('An edit in the viewer is undone by a reset', async () => {
  const [doctor, patient] = [await service.as('doctor'), newPatient()];
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), await photos(1));
  await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await openBatch(page);
  await tiles(page).first().locator('img').click();
  const edit = async (...names: string[]) => {
    await page.getByRole('button', { name: 'Edit image' }).click();
    const dialog = page.getByRole('dialog', { name: /^Edit/ });
    await dialog.getByRole('img').waitFor();
    for (const name of names) await dialog.getByRole('button', { name }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached', timeout: 20_000 });
  };
  await edit('Rotate left', 'Flip');
  const stepsNow = async () => (await doctor.json('GET', `/api/images/${id}`, 200)).edit;
  expect(await stepsNow()).toMatchObject({ version: 1, steps: { isFlipped: true, quarterTurns: 1 } });
  await edit('Reset');
  expect(await stepsNow()).toEqual({ version: 2, steps: null });
});

test('An image is cropped by keyboard', async () => {
  const [doctor, patient] = [await service.as('doctor'), newPatient()];
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), await photos(1));
  await decided(doctor, id);
  const page = await browsing.signedIn('doctor', `/patients/${patient}`);
  await openBatch(page);
  await tiles(page).first().locator('img').click();
  await page.getByRole('button', { name: 'Edit image' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Edit/ });
  await dialog.getByRole('img').waitFor();
  const trim = (edge: string) => dialog.getByRole('button', { name: `Trim the ${edge} edge` }).press('Enter');
  for (const edge of ['left', 'left', 'right', 'upper', 'lower']) await trim(edge);
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await dialog.waitFor({ state: 'detached', timeout: 20_000 });
  const { edit } = await doctor.json('GET', `/api/images/${id}`, 200);
  const { left, top, width, height } = edit.steps.crop;
  expect(left).toBeCloseTo(1 - 0.98 ** 2, 5);
  expect(width).toBeCloseTo(0.98 ** 3, 5);
  expect(top).toBeCloseTo(0.02, 5);
  expect(height).toBeCloseTo(0.98 ** 2, 5);
});
