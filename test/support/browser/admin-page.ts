import type { Page } from 'playwright-core';

/** The rows of the table. */
export const rows = (page: Page) => page.locator('tbody tr');
/** The texts of a column, by its heading. */
export const column = (page: Page, name: string) =>
  rows(page).locator(`td[data-label="${name}"]`).allInnerTexts();

/** Creates a key in the page. Returns the secret, which the page shows only once. */
export async function makeKey(page: Page, name: string, scopes: readonly string[]): Promise<string> {
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill(name);
  for (const scope of scopes) await page.getByLabel(scope).check();
  await page.getByRole('button', { name: 'Make key' }).click();
  await page.getByText('Copy it now').waitFor();
  return page.locator('.admin-key').innerText();
}
