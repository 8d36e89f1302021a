import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';

/** A short message about what was done, with the way back. */
export interface Toast {
  id: number;
  text: string;
  tone: 'calm' | 'bad';
  /** Takes the change back. */
  undo?: () => Promise<unknown>;
  /** Does again what failed. */
  retry?: () => Promise<unknown>;
  /** The page where it is. */
  link?: { href: string; label: string };
}

/** How long a toast stays while nobody points at it; milliseconds. A change can be undone by a key for longer. */
const SHOWN_MS = 10_000;
/** How many changes can be taken back, the latest first. */
const MOST_CHANGES = 20;

/** The toast that is shown, and the changes that can be taken back. */
export class Toasts {
  readonly #listeners = new Set<() => void>();
  #shown: Toast | undefined;
  #changes: Toast[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastId = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly shown = (): Toast | undefined => this.#shown;

  /** Shows what was done. */
  readonly say = (
    words: string,
    { tone = 'calm', ...rest }: Partial<Omit<Toast, 'id' | 'text'>> = {},
  ): void => {
    this.#lastId += 1;
    const toast = { id: this.#lastId, text: words, tone, ...rest };
    if (toast.undo) this.#changes = [...this.#changes.slice(1 - MOST_CHANGES), toast];
    this.#show(toast);
  };

  /** Takes the latest change back, or the given one. */
  readonly undo = async (toast = this.#changes.at(-1)): Promise<void> => {
    if (!toast?.undo) return;
    const { id, text: what, undo } = toast;
    // At once: a second press of the key takes the change before it back.
    this.#changes = this.#changes.filter((each) => each.id !== id);
    this.say(text('changes.undoing', { what }));
    try {
      await undo();
      this.say(text('changes.undone', { what }));
    } catch (error) {
      this.#changes.push(toast);
      this.say(text('changes.not-undone', { reason: explain(error) }), {
        tone: 'bad',
        retry: () => this.undo(toast),
      });
    }
  };

  readonly close = (): void => this.#show(undefined);

  /** Keeps the toast while somebody points at it or has the focus in it. */
  readonly hold = (): void => clearTimeout(this.#timer);

  readonly release = (): void => {
    this.hold();
    // What went wrong stays until somebody has read it.
    if (this.#shown?.tone === 'calm') this.#timer = setTimeout(this.close, SHOWN_MS);
  };

  #show(toast: Toast | undefined): void {
    this.#shown = toast;
    this.release();
    for (const listener of this.#listeners) listener();
  }
}
