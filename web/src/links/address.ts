import { useRef } from 'react';
import { useSearchParams } from 'wouter';

/** Values in the query of the address, by their names; undefined removes one. */
type Values<Name extends string> = { [Each in Name]?: string | undefined };

/**
 * State that is in the address of the page, so that it can be sent to somebody, survives a reload, and is left by Back.
 *
 * @returns the values, and a function that changes some; by default it leaves the way back as it is
 */
export function useAddress<Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(
    names.map((name) => [name, params.get(name) ?? undefined]),
  ) as Values<Name>;
  const set = (change: Values<Name>, { replace = true } = {}) =>
    setParams((before) => withValues(before, change), { replace });
  return [values, set] as const;
}

function withValues(before: URLSearchParams, change: Readonly<Record<string, string | undefined>>) {
  const next = new URLSearchParams(before);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/**
 * What is opened on a page, in the address under these names. To open it is a step, so that Back closes it; to go on to the next
 * image is none, so that Back does not go through all of a series.
 */
export function useOpened<Name extends string>(names: readonly Name[]) {
  const [values, set] = useAddress(names);
  const isOpen = names.some((name) => values[name] !== undefined);
  const wasOpenedHere = useRef(false);
  const open = (next: Values<Name>) => {
    if (!isOpen) wasOpenedHere.current = true;
    set({ ...cleared(names), ...next }, { replace: isOpen });
  };
  const close = () => {
    if (!isOpen) return;
    // Otherwise the way back would lead to the same page again.
    if (wasOpenedHere.current) history.back();
    else set(cleared(names));
    wasOpenedHere.current = false;
  };
  return { values, open, close };
}

const cleared = <Name extends string>(names: readonly Name[]): Values<Name> =>
  Object.fromEntries(names.map((name) => [name, undefined])) as Values<Name>;
