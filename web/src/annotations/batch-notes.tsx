import { MessageSquareText } from 'lucide-react';
import { text } from '../messages/text.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { useSession } from '../session/session-provider.tsx';
import { type AnnotatedPlace, useAnnotations } from './annotations.ts';
import { changesIn, withChanged } from './drafts/kept-drafts.ts';
import { useDrafts } from './drafts/use-drafts.ts';
import { EntryList } from './entry-list.tsx';
import { NewEntry } from './new-entry.tsx';
import './annotations.css';

/** The notes on a batch. */
export function BatchNotes({ batchId }: { batchId: string }) {
  const { person } = useSession();
  const place: AnnotatedPlace = { kind: 'batch', id: batchId };
  const answer = useAnnotations(place);
  const drafts = useDrafts(place, () => undefined);
  const changes = changesIn(drafts.list, () => true);
  const list = withChanged(answer.data ?? [], changes);
  const mayWrite = person.role !== 'patient';
  if (!mayWrite && list.length === 0) return null;
  return (
    <section className="notes" aria-label={text('annotations.notes-of-batch')}>
      {mayWrite && (
        <button type="button" className="button small" onClick={drafts.write}>
          <MessageSquareText size={16} aria-hidden /> {text('annotations.write-note-on-batch')}
        </button>
      )}
      <NewEntry drafts={drafts} />
      {answer.isError && <QueryStatus what="annotations" answer={answer} />}
      <EntryList
        place={place}
        list={list}
        drafts={drafts}
        changes={changes}
        label={text('annotations.notes-of-batch')}
        titleOf={() => text('annotations.note')}
      />
    </section>
  );
}
