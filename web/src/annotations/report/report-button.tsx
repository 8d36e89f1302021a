import { FileText } from 'lucide-react';
import { useState } from 'react';
import { text } from '../../messages/text.ts';
import { lazyPart } from '../../parts/lazy-part.ts';
import { useSession } from '../../session/session-provider.tsx';
import type { useAnnotations } from '../annotations.ts';
import { contentsOf } from './report-contents.ts';

const ReportDialog = lazyPart(() => import('./report-dialog.tsx'), 'ReportDialog');

interface ReportButtonProps {
  study: string;
  /** All annotations of the study. */
  answer: ReturnType<typeof useAnnotations>;
}

/** The button that saves the annotations of a study as a structured report, for those who may annotate. */
export function ReportButton({ study, answer }: ReportButtonProps) {
  const { person } = useSession();
  const [isAsking, setAsking] = useState(false);
  const contents = contentsOf(answer.data ?? []);
  const open = () => {
    // What others have drawn meanwhile.
    void answer.refetch();
    setAsking(true);
  };
  if (person.role === 'patient' || contents.drawn.length === 0) return null;
  return (
    <>
      <div>
        <button type="button" className="button small" onClick={open}>
          <FileText size={16} aria-hidden /> {text('report.open')}
        </button>
      </div>
      {isAsking && <ReportDialog study={study} contents={contents} onClose={() => setAsking(false)} />}
    </>
  );
}
