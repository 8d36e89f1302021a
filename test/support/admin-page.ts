import type { Page } from 'playwright-core';

/** The rows of the table. */
export const rows = (page: Page) => page.locator('tbody tr');
/** What stands in a column, by its heading. */
export const column = (page: Page, name: string) =>
  rows(page).locator(`td[data-label="${name}"]`).allInnerTexts();

/** Makes a key in the page; gives it as the page shows it, this once. */
export async function makeKey(page: Page, name: string, scopes: readonly string[]): Promise<string> {
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill(name);
  for (const scope of scopes) await page.getByLabel(scope).check();
  await page.getByRole('button', { name: 'Make key' }).click();
  await page.getByText('Copy it now').waitFor();
  return page.locator('.admin-key').innerText();
}
