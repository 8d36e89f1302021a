import { useState } from 'react';
import type { Annotation } from '../../api/types.ts';
import type { AnnotatedPlace, Content, Position } from '../annotations.ts';

/** What is not stored yet. */
export interface Draft {
  /** Another draft is another form, and each attempt to store one is the same request. */
  key: string;
  content: Content;
  position: Position;
  /** What it changes, as it was when the person began; undefined for a new one. */
  before?: Annotation;
  /** What somebody else made of it meanwhile. */
  other?: Annotation;
  /** A shape was moved: it is sent at once, and has fields only if that fails. */
  isMoved?: boolean;
  isSending?: boolean;
  /** Why it could not be stored. */
  failure?: string | undefined;
}

/** A draft that changes what is stored. */
export type Change = Draft & { before: Annotation };

/** By place: who goes on to the next image and comes back finds what was not stored yet, until the page is left. */
const kept = new Map<string, readonly Draft[]>();

/** The drafts of a place. */
export function useKeptDrafts({ kind, id }: AnnotatedPlace) {
  const place = `${kind} ${id}`;
  const [list, setShown] = useState(() => kept.get(place) ?? []);
  // The map is the latest: a request may end after another render, or after the page has gone to another image.
  const set = (change: (all: readonly Draft[]) => readonly Draft[]) => {
    const changed = change(kept.get(place) ?? []);
    kept.set(place, changed);
    setShown(changed);
  };
  return {
    list,
    get: (key: string) => kept.get(place)?.find((each) => each.key === key),
    changeOf: ({ id }: Annotation): Change | undefined =>
      kept.get(place)?.find((each) => isChangeOf(each, id)),
    add: (draft: Draft) => set((all) => [...all, draft]),
    update: (key: string, changes: Partial<Draft>) =>
      set((all) => all.map((each) => (each.key === key ? { ...each, ...changes } : each))),
    drop: (key: string) => set((all) => all.filter((each) => each.key !== key)),
  };
}

const isChangeOf = (draft: Draft, id: string): draft is Change => draft.before?.id === id;

/** The drafts that change something, of what `isShown`. */
export const changesIn = (list: readonly Draft[], isShown: (annotation: Annotation) => boolean): Change[] =>
  list.filter((draft): draft is Change => draft.before !== undefined && isShown(draft.before));

/** A list with what is being changed: that stays, also when somebody else removes it. */
export const withChanged = (list: readonly Annotation[], changes: readonly Change[]): Annotation[] => [
  ...list,
  ...changes.map(({ before }) => before).filter(({ id }) => !list.some((each) => each.id === id)),
];
