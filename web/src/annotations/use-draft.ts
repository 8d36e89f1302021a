import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import { type AnnotatedPlace, type Content, type Position, useAnnotationWrites } from './annotations.ts';
import type { Shape } from './drawing.ts';

/** What is not stored yet. */
export interface Draft {
  /** Another draft is another form. */
  key: string;
  content: Content;
  position: Position;
  /** Why it could not be stored. */
  failure?: string;
}

/** What the person is writing, or has drawn and the service has not stored yet. */
export interface Drafts {
  list: readonly Draft[];
  /** Stores a shape; one that needs a text or a length waits for it. */
  draw: (shape: Shape, position: Position) => void;
  /** Begins a note, which has no place on a picture. */
  write: () => void;
  save: (draft: Draft, content: Content) => Promise<void>;
  /** Remembers what is typed so far. */
  keep: (draft: Draft, content: Content) => void;
  drop: (draft: Draft) => void;
}

/** By place: who goes on to the next image and comes back finds what was not stored yet, until the page is left. */
const kept = new Map<string, readonly Draft[]>();

export function useDraft(place: AnnotatedPlace, onStored: (id: string) => void): Drafts {
  const writes = useAnnotationWrites(place);
  const key = `${place.kind} ${place.id}`;
  const [list, setShown] = useState(() => kept.get(key) ?? []);
  const setList = (change: (all: readonly Draft[]) => readonly Draft[]) => {
    const changed = change(kept.get(key) ?? []);
    kept.set(key, changed);
    setShown(changed);
  };
  const add = (content: Content, position: Position, failure?: string) =>
    setList((all) => [
      ...all,
      { key: crypto.randomUUID(), content, position, ...(failure !== undefined && { failure }) },
    ]);
  const drop = ({ key }: Draft) => setList((all) => all.filter((each) => each.key !== key));
  const store = async (content: Content, position: Position) =>
    onStored((await writes.create(content, position)).id);
  return {
    list,
    draw: (shape, position) => {
      const content = { shape, text: '', link: null };
      if (shape.kind === 'text' || shape.kind === 'calibration') add(content, position);
      // What was drawn is not lost if it cannot be stored.
      else store(content, position).catch((error: unknown) => add(content, position, explain(error)));
    },
    write: () => add({ shape: null, text: '', link: null }, {}),
    save: async (draft, content) => {
      await store(content, draft.position);
      drop(draft);
    },
    keep: (draft, content) =>
      setList((all) => all.map((each) => (each.key === draft.key ? { ...each, content } : each))),
    drop,
  };
}
