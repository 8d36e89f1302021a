import { expect, test } from 'vitest';
import { tiffChain } from '../fixtures/tiff-chains.ts';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** A page of a scan: grey, of its own width. */
const page = (width: number) => ({
  width,
  height: 300,
  channels: 1,
  strips: [new Uint8Array(width * 300).fill(width % 256)],
});

/** Opens the scan in the viewer, in a batch of the patient. */
async function openScan(patient: string, widths: readonly number[]) {
  const doctor = await service.as('doctor');
  const bytes = Buffer.from(tiffChain(widths.map(page)));
  const file = { name: 'scan.tif', type: 'image/tiff', bytes };
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), [file]);
  expect(await decided(doctor, id)).toMatchObject({ status: 'ready', pages: widths.length });
  const opened = await browsing.signedIn('staff', `/patients/${patient}`);
  await opened.getByRole('button', { name: /^Visit/ }).click();
  await opened.getByRole('button', { name: 'Show scan.tif' }).click();
  const shown = opened.locator('.viewer-stage > img');
  await shown.waitFor();
  return {
    opened,
    /** The width of the shown page in its file, and what is said of it. */
    look: async () => ({
      width: await shown.evaluate((picture) => Reflect.get(picture, 'naturalWidth') as number),
      said: await opened.getByRole('group', { name: 'Pages' }).getByRole('status').innerText(),
    }),
  };
}

test('The pages of a document are turned by buttons and keys, from the first to the last', async () => {
  const { opened, look } = await openScan('P-6401', [310, 320, 330]);
  const [previous, next] = ['Previous page', 'Next page'].map((name) => opened.getByRole('button', { name }));
  expect(await look()).toEqual({ width: 310, said: 'page 1 of 3' });
  expect(await previous?.isDisabled()).toBe(true);
  await next?.click();
  await expect.poll(look).toEqual({ width: 320, said: 'page 2 of 3' });
  await opened.keyboard.press('PageDown');
  await expect.poll(look).toEqual({ width: 330, said: 'page 3 of 3' });
  expect(await next?.isDisabled()).toBe(true);
  await opened.keyboard.press('PageDown');
  await opened.keyboard.press('PageUp');
  await expect.poll(look).toEqual({ width: 320, said: 'page 2 of 3' });
  expect(await opened.locator('.viewer-details').innerText()).toContain('3 pages');
  expect(await faultsOf(opened)).toEqual([]);
});

test('A document of one page has nothing to turn', async () => {
  const { opened } = await openScan('P-6402', [310]);
  expect(await opened.getByRole('button', { name: 'Next page' }).count()).toBe(0);
});
