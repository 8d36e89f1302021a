import { text } from '../messages/text.ts';
import { Failure } from '../parts/failure.tsx';
import { ContentForm } from './content-form.tsx';
import type { Drafts } from './drafts/use-drafts.ts';

/** The forms of what is not stored yet. */
export const NewEntry = ({ drafts }: { drafts: Drafts }) =>
  drafts.list
    .filter(({ before }) => !before)
    .map((each) => (
      <div key={each.key} className="annotation new">
        <b>
          {each.content.shape ? text(`annotation-kind.${each.content.shape.kind}`) : text('annotations.note')}
        </b>
        <ContentForm
          content={each.content}
          action={text('annotations.save')}
          onType={(content) => drafts.keep(each, content)}
          onSave={(content) => drafts.save(each, content)}
          onClose={() => drafts.drop(each)}
        >
          <Failure>{each.failure}</Failure>
        </ContentForm>
      </div>
    ));
