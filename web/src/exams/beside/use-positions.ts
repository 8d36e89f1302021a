import { useEffect, useMemo, useState } from 'react';
import { useAddress } from '../../links/address.ts';
import type { Series } from '../series.ts';
import type { ViewerItems } from '../viewer-items.ts';
import { planeOf } from './frame-plane.ts';
import { type Anchor, haveSamePlanes, linkedIndex, type Planes } from './linked-position.ts';

/** Changes an index: by a function of the latest one, because several events may come before the next render. */
type Change = (index: number) => number;

/** What is shown of the first series, and of the one beside it. */
export interface Positions {
  first: number;
  second: number;
  moveFirst: (change: Change) => void;
  moveSecond: (change: Change) => void;
  /** How each follows the other; undefined if it does not. */
  link: 'position' | 'number' | undefined;
  toggleLink: () => void;
}

interface Shown {
  series: Series | undefined;
  items: ViewerItems;
}

/** The indexes of both series, and those that belonged together when they were linked. */
interface State {
  of: readonly [first: string | undefined, second: string | undefined];
  first: number;
  second: number;
  anchor: Anchor;
}

const ADDRESS_DELAY_MS = 300;
const indexIn = (frame: string | undefined): number => Math.max(0, (Number(frame) || 1) - 1);
const numberOf = (index: number): string | undefined => (index === 0 ? undefined : String(index + 1));

/** The positions in one series, or in two that are linked. They are in the address. */
export function usePositions(shown: Shown, beside: Shown): Positions {
  const [address, set] = useAddress(['frame', 'besideFrame', 'unlinked']);
  const of = [shown.series?.series, beside.series?.series] as const;
  const [kept, setState] = useState<State>(() => {
    const [first, second] = [indexIn(address.frame), indexIn(address.besideFrame)];
    return { of, first, second, anchor: { from: first, to: second } };
  });
  const state = stateOf(kept, of);
  const planes = { first: usePlanes(shown.items), second: usePlanes(beside.items) };
  const isLinked = beside.series !== undefined && address.unlinked === undefined;

  const moveFirst = (change: Change) =>
    setState((before) => {
      const now = stateOf(before, of);
      const first = change(now.first);
      if (!isLinked || planes.second.length === 0) return { ...now, first };
      return { ...now, first, second: linkedIndex(planes.first, planes.second, now.anchor, first) };
    });
  const moveSecond = (change: Change) =>
    setState((before) => {
      const now = stateOf(before, of);
      const second = change(now.second);
      if (!isLinked) return { ...now, second };
      const anchor = { from: now.anchor.to, to: now.anchor.from };
      return { ...now, second, first: linkedIndex(planes.second, planes.first, anchor, second) };
    });
  const toggleLink = () => {
    setState({ ...state, anchor: { from: state.first, to: state.second } });
    set({ unlinked: isLinked ? 'true' : undefined });
  };

  // What is beside shows the same position once it is loaded.
  const follow = () => isLinked && planes.second.length > 0 && moveFirst((index) => index);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when more is known of where the images lie
  useEffect(() => void follow(), [planes.first, planes.second, isLinked]);

  useEffect(() => {
    const frame = numberOf(state.first);
    const besideFrame = beside.series && numberOf(state.second);
    const isCurrent = frame === address.frame && besideFrame === address.besideFrame;
    // After the wheel has stopped: browsers take some hundred changes of the address at a time.
    const timer = setTimeout(() => !isCurrent && set({ frame, besideFrame }), ADDRESS_DELAY_MS);
    return () => clearTimeout(timer);
  });

  const link = haveSamePlanes(planes.first, planes.second) ? 'position' : 'number';
  const { first, second } = state;
  return { first, second, moveFirst, moveSecond, link: isLinked ? link : undefined, toggleLink };
}

/** Each series starts with its first image. */
function stateOf(kept: State, of: State['of']): State {
  if (kept.of[0] === of[0] && kept.of[1] === of[1]) return kept;
  const first = kept.of[0] === of[0] ? kept.first : 0;
  // A series beside it starts at the same number: of most pairs it is the same position.
  const second = kept.of[1] === of[1] ? kept.second : first;
  return { of, first, second, anchor: { from: first, to: second } };
}

function usePlanes({ data }: ViewerItems): Planes {
  return useMemo(
    () => (data ?? []).map((item) => (item.kind === 'frame' ? planeOf(item.frame) : undefined)),
    [data],
  );
}
