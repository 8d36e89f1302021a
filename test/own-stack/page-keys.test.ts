import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { column, makeKey } from '../support/browser/admin-page.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { PATIENT_1 } from '../support/people.ts';

const service = useOwnStack();
const browsing = useBrowser(service);

test('A key that is created in the page has the selected scopes until it is revoked, and no others', async () => {
  const doctor = await service.as('doctor');
  const { bytes } = await photo();
  await doctor.json('POST', '/api/v2/images', 201, {
    image_data: Buffer.from(bytes).toString('base64'),
    name: 'prescription.jpg',
    prescription_id: 'RX-1',
    patient_id: PATIENT_1,
  });
  const page = await browsing.signedIn('admin', '/admin/keys');
  await page.getByText('No keys yet').waitFor();
  const key = await makeKey(page, 'Pharmacy', ['Read prescriptions']);
  const pharmacy = service.with({ 'x-api-key': key });
  await pharmacy.json('GET', '/api/v2/images/prescription/RX-1', 200);
  expect((await pharmacy.send('GET', '/api/v2/images/delivery/D-1')).status).toBe(403);

  // It is shown only once: after closing the dialog or a reload it is not shown again.
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await page.getByText('Copy it now').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.content()).not.toContain(key);
  await page.reload();
  await page.getByRole('cell', { name: 'Pharmacy', exact: true }).waitFor();
  expect(await page.content()).not.toContain(key);
  expect(await column(page, 'Ends in')).toEqual([`…${key.slice(-4)}`]);

  await page.getByRole('button', { name: 'Revoke Pharmacy' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await pharmacy.json('GET', '/api/v2/images/prescription/RX-1', 200);
  await page.getByRole('button', { name: 'Revoke Pharmacy' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText(/^revoked /).waitFor();
  expect((await pharmacy.send('GET', '/api/v2/images/prescription/RX-1')).status).toBe(401);
  expect(await page.getByRole('button', { name: 'Revoke Pharmacy' }).count()).toBe(0);
});
