import type { Locator, Page } from 'playwright-core';

/** Keys of `page.keyboard.press`, one or several at the same time, such as `Enter` or `Control+a`. */
type Chord = string;

/**
 * A user with a mouse and a keyboard, whose actions are counted. A click, a key chord, a drag and a typed word are one
 * action each. Waiting and reading are none.
 *
 * All events come from the browser's input of the page's viewport (Chrome DevTools Protocol, domain `Input`): what covers
 * an element receives its click, and a key goes to the element that has the focus. So nothing is counted that a person
 * could not do.
 */
export class CountedActions {
  readonly #page: Page;
  readonly #done: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** How many actions the user has made. */
  get count(): number {
    return this.#done.length;
  }

  /** The actions in words, for the message of a test that fails. */
  get done(): readonly string[] {
    return this.#done;
  }

  /** Clicks the middle of an element, as soon as it is there, visible and still. With a key: as `Shift` click. */
  async click(target: Locator, { holding }: { holding?: Chord } = {}): Promise<void> {
    if (holding !== undefined) await this.#page.keyboard.down(holding);
    await this.#pointAt(target);
    await this.#page.mouse.down();
    await this.#page.mouse.up();
    if (holding !== undefined) await this.#page.keyboard.up(holding);
    this.#done.push(`click ${holding === undefined ? '' : `with ${holding} `}${target}`);
  }

  /** Presses a key, or several at the same time. */
  async press(chord: Chord): Promise<void> {
    await this.#page.keyboard.press(chord);
    this.#done.push(`press ${chord}`);
  }

  /** Types into the element that has the focus. Each word is one action. */
  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
    this.#done.push(
      ...text
        .split(/\s+/)
        .filter(Boolean)
        .map((word) => `type ${word}`),
    );
  }

  /** Drags one element onto another one. */
  async drag(from: Locator, to: Locator): Promise<void> {
    const start = await this.#middleOf(from);
    await this.#page.mouse.move(start.x, start.y);
    await this.#page.mouse.down();
    // Read after the button is down: what is dragged may change the page. In steps, as pages that begin a drag only after
    // some pixels need more than one movement.
    const end = await this.#middleOf(to);
    await this.#page.mouse.move(end.x, end.y, { steps: 12 });
    await this.#page.mouse.up();
    this.#done.push(`drag ${from} to ${to}`);
  }

  /**
   * Drops files or folders of the disk onto an element, as a drag from the desktop: one action for all of them. The browser
   * reads their bytes itself.
   */
  async dropFiles(paths: readonly string[], target: Locator): Promise<void> {
    const at = await this.#middleOf(target);
    const session = await this.#page.context().newCDPSession(this.#page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', {
        type,
        ...at,
        data: { items: [], files: [...paths], dragOperationsMask: 1 },
      });
    }
    await session.detach();
    this.#done.push(`drop ${paths.length} files on ${target}`);
  }

  /** Moves the mouse to the middle of an element, and follows it as long as it moves. */
  async #pointAt(target: Locator): Promise<void> {
    const { x, y } = await this.#middleOf(target);
    await this.#page.mouse.move(x, y);
    const now = await this.#middleOf(target);
    if (now.x !== x || now.y !== y) await this.#pointAt(target);
  }

  async #middleOf(target: Locator): Promise<{ x: number; y: number }> {
    await target.waitFor({ state: 'visible' });
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error(`expected an element on the page, received none: ${target}`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
}
