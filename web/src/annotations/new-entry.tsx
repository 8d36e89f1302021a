import { text } from '../messages/text.ts';
import { Failure } from '../parts/failure.tsx';
import { ContentForm } from './content-form.tsx';
import type { Drafts } from './use-draft.ts';

/** The forms of what is not stored yet. */
export const NewEntry = ({ draft }: { draft: Drafts }) =>
  draft.list.map((each) => (
    <div key={each.key} className="annotation new">
      <b>
        {each.content.shape ? text(`annotation-kind.${each.content.shape.kind}`) : text('annotations.note')}
      </b>
      <ContentForm
        content={each.content}
        action={text('annotations.save')}
        onType={(content) => draft.keep(each, content)}
        onSave={(content) => draft.save(each, content)}
        onClose={() => draft.drop(each)}
      >
        <Failure>{each.failure}</Failure>
      </ContentForm>
    </div>
  ));
