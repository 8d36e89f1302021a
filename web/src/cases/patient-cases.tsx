import { text } from '../messages/text.ts';
import { FoldedList } from '../parts/folded-list.tsx';
import { CaseLinks, casesOf } from './case-links.tsx';
import { useCases } from './cases.ts';

/** A patient's cases in a collapsed section. Renders nothing if there are none. */
export function PatientCases({ patientId }: { patientId: string }) {
  const list = useCases(patientId);
  const { length } = casesOf(list);
  if (length === 0) return null;
  return (
    <FoldedList title={text('cases.list')} total={list.hasNextPage ? `${length}+` : String(length)}>
      <CaseLinks list={list} />
    </FoldedList>
  );
}
