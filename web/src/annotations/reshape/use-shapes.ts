import type { Annotation } from '../../api/types.ts';
import { isAt, type Position } from '../annotations.ts';
import { changesIn, withChanged } from '../drafts/kept-drafts.ts';
import type { Drafts } from '../drafts/use-drafts.ts';
import type { Shape } from '../drawing.ts';
import { useMoving } from './use-moving.ts';

/** The annotations of a picture as the person sees them: with the shapes that are moved, or could not be stored yet. */
export function useShapes(listed: readonly Annotation[], drafts: Drafts, position: Position) {
  const moving = useMoving(drafts.reshape);
  const changes = changesIn(drafts.list, (before) => isAt(before, position));
  const stored = withChanged(listed, changes);
  const movedShape = (id: string): Shape | null | undefined =>
    moving.moving?.annotation.id === id
      ? moving.moving.shape
      : changes.find(({ before }) => before.id === id)?.content.shape;
  return {
    changes,
    /** The shape that is being moved now. */
    movingId: moving.moving?.annotation.id,
    list: stored.map((each): Annotation => ({ ...each, shape: movedShape(each.id) ?? each.shape })),
    /** The shape as it is stored, if it is another one. */
    beforeOf: ({ id, shape }: Annotation): Shape | undefined => {
      const before = stored.find((each) => each.id === id)?.shape;
      return before && before !== shape ? before : undefined;
    },
    move: ({ id }: Annotation, shape: Shape) => {
      const annotation = stored.find((each) => each.id === id);
      if (annotation) moving.move(annotation, shape);
    },
    finish: moving.finish,
    /** What is not finished goes back first, then what could not be stored. */
    cancel: (annotation: Annotation) => {
      if (!moving.cancel()) drafts.putBack(annotation);
    },
  };
}
