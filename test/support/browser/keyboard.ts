import type { Locator, Page } from 'playwright-core';

/** A long page has fewer elements that take the focus. */
const MOST_TABS = 150;

/** A user without a mouse: only key presses reach the page. */
export class KeyboardUser {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  press(chord: string): Promise<void> {
    return this.#page.keyboard.press(chord);
  }

  /** Types into the element that has the focus. */
  type(text: string): Promise<void> {
    return this.#page.keyboard.type(text);
  }

  /** Goes on by Tab until the element has the focus, which must be visible there (WCAG 2.2, 2.4.7). */
  async reach(target: Locator): Promise<void> {
    await target.waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await target.evaluate((element) => element.matches(':focus'))) {
        if (!(await target.evaluate((element) => element.matches(':focus-visible'))))
          throw new Error(`the focus of ${target} is not visible`);
        return;
      }
      await this.press('Tab');
    }
    throw new Error(`${MOST_TABS} tabs do not reach ${target}`);
  }

  /** Goes to a button or link, and presses it. */
  async activate(target: Locator): Promise<void> {
    await this.reach(target);
    await this.press('Enter');
  }
}
