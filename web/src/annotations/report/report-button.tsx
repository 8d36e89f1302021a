import { FileText } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { Annotation } from '../../api/types.ts';
import { text } from '../../messages/text.ts';
import { lazyPart } from '../../parts/lazy-part.ts';
import { useSession } from '../../session/session-provider.tsx';
import { contentsOf } from './report-contents.ts';

const ReportDialog = lazyPart(() => import('./report-dialog.tsx'), 'ReportDialog');

interface ReportButtonProps {
  study: string;
  /** All annotations of the study. */
  list: readonly Annotation[];
}

/** The button that saves the annotations of a study as a structured report, for those who may annotate. */
export function ReportButton({ study, list }: ReportButtonProps) {
  const { person } = useSession();
  const [isAsking, setAsking] = useState(false);
  const contents = contentsOf(list);
  if (person.role === 'patient' || contents.drawn.length === 0) return null;
  return (
    <>
      <div>
        <button type="button" className="button small" onClick={() => setAsking(true)}>
          <FileText size={16} aria-hidden /> {text('report.open')}
        </button>
      </div>
      {isAsking && (
        <Suspense>
          <ReportDialog study={study} contents={contents} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  );
}
