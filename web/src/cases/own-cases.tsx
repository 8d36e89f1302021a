import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { Message } from '../parts/message.tsx';
import { CaseLinks, casesOf } from './case-links.tsx';
import { useCases } from './cases.ts';

/** The cases of the signed-in patient. Renders nothing if there are none. */
export function OwnCases({ patientId }: { patientId: string }) {
  const list = useCases(patientId);
  if (list.isLoadingError) {
    return (
      <Message title={text('cases.own-failed')} tone="bad" onRetry={list.refetch}>
        {explain(list.error)}
      </Message>
    );
  }
  if (casesOf(list).length === 0) return null;
  return (
    <section className="card own-cases">
      <h2>{text('cases.own')}</h2>
      <CaseLinks list={list} />
    </section>
  );
}
