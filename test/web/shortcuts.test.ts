import { describe, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { searchField } from '../support/browser/find.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

describe('The list of shortcuts', () => {
  test('opens by a question mark, has those of this screen, and closes by Escape', async () => {
    const patient = 'P-471';
    const doctor = await service.as('doctor');
    const ids = await upload(doctor, await createBatch(doctor, patient), [await photo({ seed: 1 })]);
    for (const id of ids) await decided(doctor, id);
    const page = await browsing.signedIn('doctor', '/');
    await searchField(page).waitFor();
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    const named = () => list.locator('dt').allTextContents();
    // The search field of the first page has the focus, and takes the character.
    await searchField(page).blur();
    await page.keyboard.press('?');
    await list.waitFor();
    expect(await named()).toEqual(['Search', 'Show this list', 'Undo the last change']);
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });

    await page.goto(`/patients/${patient}`);
    await page.getByRole('button', { name: /^Visit/ }).click();
    await page.getByRole('button', { name: 'Show photo-1.jpeg' }).click();
    await page.locator('.viewer-stage > img').waitFor();
    await page.keyboard.press('?');
    await list.waitFor();
    expect(await named()).toEqual(
      expect.arrayContaining(['Search', 'Select all images', 'Zoom in', 'Fit to the window']),
    );
    expect(await named()).not.toContain('Next image');
    expect(await list.locator('kbd').allTextContents()).toEqual(
      expect.arrayContaining(['/', 'Ctrl + A', '0']),
    );
    expect(await faultsOf(page)).toEqual([]);
  });
});
