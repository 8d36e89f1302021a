import { text } from '../messages/text.ts';
import { Failure } from '../parts/failure.tsx';
import { formatTime } from '../parts/format.ts';
import { ContentForm } from './content-form.tsx';
import type { Change } from './drafts/kept-drafts.ts';
import type { Drafts } from './drafts/use-drafts.ts';
import { nameOf } from './who.tsx';

/** Changes an annotation. If somebody else was faster, both texts are shown, and what the person wrote or moved stays as it is. */
export function ChangeForm({ draft, drafts }: { draft: Change; drafts: Drafts }) {
  const { other, content, failure } = draft;
  return (
    <>
      {other && (
        <div className="annotation-conflict" role="alert" ref={intoView}>
          <p>
            {text(other.removed ? 'annotations.removed-meanwhile' : 'annotations.changed-meanwhile', {
              name: nameOf(other.changed_by),
              time: formatTime(other.changed_at),
            })}
          </p>
          {!other.removed && <blockquote dir="auto">{other.text || text('annotations.no-text')}</blockquote>}
          {!other.removed && content.shape && <p>{text('annotations.dashed')}</p>}
        </div>
      )}
      {failure && (
        <div ref={intoView}>
          <Failure>{failure}</Failure>
        </div>
      )}
      <ContentForm
        content={content}
        action={text(actionOf(draft))}
        // Who moves a shape has the focus there.
        isAsked={!draft.isMoved}
        onType={(typed) => drafts.keep(draft, typed)}
        onSave={(saved) => drafts.save(draft, saved)}
        onClose={() => drafts.drop(draft)}
      />
    </>
  );
}

/** The list is low: what went wrong must not be below its edge. */
const intoView = (element: Element | null) => element?.scrollIntoView({ block: 'nearest' });

const actionOf = ({ other }: Change) => {
  if (!other) return 'annotations.save';
  return other.removed ? 'annotations.save-as-new' : 'annotations.save-over';
};
