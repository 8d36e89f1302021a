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
  drop: (draft: Draft) => void;
}

export function useDraft(place: AnnotatedPlace, onStored: (id: string) => void): Drafts {
  const writes = useAnnotationWrites(place);
  const [list, setList] = useState<readonly Draft[]>([]);
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
    drop,
  };
}
