import { useEffect, useRef } from 'react';
import { isTyping } from '../parts/is-typing.ts';
import { keyOf, SHORTCUTS, type Shortcut } from './shortcuts.ts';

/** What a shortcut does; `'listed'`: an element that has the focus handles the keys itself. Undefined: nothing now. */
export type Actions = Readonly<Partial<Record<Shortcut, (() => void) | 'listed' | undefined>>>;

/** The actions of everything that is on the screen now. */
const present = new Set<{ readonly current: { actions: Actions } }>();

/** The shortcuts that do something on the screen now, in the order of their list. */
export const presentShortcuts = (): Shortcut[] =>
  (Object.keys(SHORTCUTS) as Shortcut[]).filter((id) =>
    [...present].some(({ current: { actions } }) => actions[id] !== undefined),
  );

/**
 * Handles keyboard shortcuts wherever the focus is, while the component is on the screen.
 *
 * @param isElsewhere whether a press in this element is for the element itself, such as a text field
 */
export function useShortcuts(
  actions: Actions,
  isElsewhere: (target: EventTarget | null) => boolean = isTyping,
): void {
  const latest = useRef({ actions, isElsewhere });
  useEffect(() => {
    latest.current = { actions, isElsewhere };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { actions, isElsewhere } = latest.current;
      if (event.defaultPrevented || isElsewhere(event.target)) return;
      const key = keyOf(event);
      for (const [id, action] of Object.entries(actions)) {
        if (typeof action !== 'function' || !isKeyOf(id as Shortcut, key)) continue;
        event.preventDefault();
        action();
        return;
      }
    };
    present.add(latest);
    document.addEventListener('keydown', onKey);
    return () => {
      present.delete(latest);
      document.removeEventListener('keydown', onKey);
    };
  }, []);
}

const isKeyOf = (id: Shortcut, key: string) => SHORTCUTS[id].some((known) => known === key);
