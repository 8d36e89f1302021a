import { ApiError, explain } from '../../api/api-error.ts';
import type { Annotation } from '../../api/types.ts';
import { useToasts } from '../../changes/toasts-provider.tsx';
import { text } from '../../messages/text.ts';
import { type AnnotatedPlace, type Content, type Position, useAnnotationWrites } from '../annotations.ts';
import type { Shape } from '../drawing.ts';
import { type Change, type Draft, useKeptDrafts } from './kept-drafts.ts';

/** What the person writes or has drawn, and the service has not stored yet. */
export interface Drafts {
  list: readonly Draft[];
  /** Stores a shape; one that needs a text or a length waits for it. */
  draw: (shape: Shape, position: Position) => void;
  /** Begins a note, which has no place on a picture. */
  write: () => void;
  /** Begins to change the fields of what is stored. */
  edit: (annotation: Annotation) => void;
  /** Stores a shape that was moved. While its fields are open, it is stored with them. */
  reshape: (annotation: Annotation, shape: Shape) => void;
  /** Puts a shape back that could not be stored. */
  putBack: (annotation: Annotation) => void;
  /** Rejects where it is not stored. If somebody else was faster, the draft has what they made of it. */
  save: (draft: Draft, content: Content) => Promise<void>;
  /** Remembers what is typed so far. */
  keep: (draft: Draft, content: Content) => void;
  drop: (draft: Draft) => void;
}

export function useDrafts(place: AnnotatedPlace, onStored: (id: string) => void): Drafts {
  const writes = useAnnotationWrites(place);
  const toasts = useToasts();
  const { list, get, changeOf, add, update, drop } = useKeptDrafts(place);
  const store = async ({ key, position }: Draft, content: Content) =>
    onStored((await writes.create(content, position, key)).id);

  /** What somebody else made of it meanwhile, if a change was refused for that. */
  const fasterThan = async (error: unknown, based: Annotation): Promise<Annotation | undefined> => {
    const isOutdated = error instanceof ApiError && (error.status === 409 || error.status === 404);
    const newest = isOutdated ? await writes.newest(based) : undefined;
    return newest && (newest.version !== based.version || newest.removed) ? newest : undefined;
  };

  const saveChange = async ({ key, before, other, position }: Change, content: Content) => {
    const based = other ?? before;
    try {
      if (based.removed) await writes.create(content, position, key);
      else await writes.change(based, content);
      drop(key);
    } catch (error) {
      const faster = await fasterThan(error, based);
      if (!faster) throw error;
      update(key, { content, other: faster, failure: undefined });
    }
  };

  /** Sends a moved shape, and again if it was moved meanwhile. */
  const sendShape = async (key: string, from: Annotation): Promise<void> => {
    for (let draft = get(key); draft?.before && draft.isSending; draft = get(key)) {
      const { before, content } = draft;
      try {
        const changed = await writes.change(before, content);
        if (get(key)?.content !== content) {
          update(key, { before: changed });
          continue;
        }
        drop(key);
        const undo = () => writes.change(changed, contentOf(from));
        toasts.say(text('annotations.shape-changed', { kind: kindOf(content) }), { undo });
      } catch (error) {
        const faster = await fasterThan(error, before).catch(() => undefined);
        update(key, { isSending: false, ...(faster ? { other: faster } : { failure: explain(error) }) });
      }
    }
  };

  return {
    list,
    draw: (shape, position) => {
      const draft = { key: newKey(), content: { shape, text: '', link: null }, position };
      if (needsFields(shape)) add(draft);
      // What was drawn is not lost if it cannot be stored.
      else store(draft, draft.content).catch((error) => add({ ...draft, failure: explain(error) }));
    },
    write: () => add({ key: newKey(), content: { shape: null, text: '', link: null }, position: {} }),
    edit: (annotation) => {
      if (!changeOf(annotation)) add(changeTo(annotation, {}));
    },
    reshape: (annotation, shape) => {
      const known = changeOf(annotation);
      if (known) return update(known.key, { content: { ...known.content, shape }, failure: undefined });
      const draft = changeTo(annotation, { shape });
      add({ ...draft, isMoved: true, isSending: true });
      void sendShape(draft.key, annotation);
    },
    putBack: (annotation) => {
      const known = changeOf(annotation);
      if (!known || known.isSending) return;
      const { key, before, content } = known;
      if (content.text === before.text && content.link === before.link) drop(key);
      else update(key, { content: { ...content, shape: before.shape } });
    },
    save: async (draft, content) => {
      const { before } = draft;
      if (before) return saveChange({ ...draft, before }, content);
      await store(draft, content);
      drop(draft.key);
    },
    keep: ({ key }, content) => update(key, { content }),
    drop: ({ key }) => drop(key),
  };
}

const needsFields = ({ kind }: Shape): boolean => kind === 'text' || kind === 'calibration';

const newKey = () => crypto.randomUUID();

const changeTo = (before: Annotation, changes: Partial<Content>): Draft => ({
  key: newKey(),
  content: { ...contentOf(before), ...changes },
  position: positionOf(before),
  before,
});

const contentOf = ({ shape, text: words, link }: Annotation): Content => ({ shape, text: words, link });

const kindOf = ({ shape }: Content): string => (shape ? text(`annotation-kind.${shape.kind}`) : '');

const positionOf = ({ page, series, instance, frame }: Annotation): Position => ({
  ...(page !== undefined && { page }),
  ...(series !== undefined && { series, instance, frame }),
});
