import type { Page } from 'playwright-core';

/** The search of the first page, and of the bar on every other one. */
export const searchField = (page: Page) => page.getByRole('combobox', { name: 'Search the clinic' });

/** Opens the page of a patient who is known, by the number. */
export async function openPatient(page: Page, patientId: string): Promise<void> {
  await searchField(page).fill(patientId);
  await page.getByRole('option', { name: patientId }).first().click();
}

/** What the search lists; other options of the page are those of its menus. */
export const found = (page: Page) => page.locator('.search-box-option');
