import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { explain } from '../../api/api-error.ts';
import { useToasts } from '../../changes/toasts-provider.tsx';
import { readAgain } from '../../changes/use-deletion.ts';
import { text } from '../../messages/text.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormEnd } from '../../parts/form-end.tsx';
import { useSession } from '../../session/session-provider.tsx';
import type { ReportContents } from './report-contents.ts';
import { readImages, spacingOf } from './report-images.ts';
import { saveReport } from './save-report.ts';

interface ReportDialogProps {
  study: string;
  contents: ReportContents;
  onClose: () => void;
}

/** Says what a report will have and what not, and stores it. */
export function ReportDialog({ study, contents: { drawn, leftOut }, onClose }: ReportDialogProps) {
  const { person } = useSession();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { data: images, error } = useQuery({
    queryKey: ['report', study, [...new Set(drawn.map(({ instance }) => instance))]],
    queryFn: ({ signal }) => readImages(study, drawn, signal),
  });
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const spacings = images ? drawn.flatMap((each) => spacingOf(each, images) ?? []) : [];
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || !images) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const outcome = await saveReport({ study, annotations: drawn, images }, person.name);
      readAgain(queries, ['study', 'studies']);
      toasts.say(text(`report.${outcome}`));
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={text('report.title')} onClose={onClose}>
      <form onSubmit={save} className="fields">
        <p>{text('report.note', { count: drawn.length })}</p>
        {leftOut.notes > 0 && <p>{text('report.no-notes', { count: leftOut.notes })}</p>}
        {leftOut.shapes > 0 && <p>{text('report.no-shapes', { count: leftOut.shapes })}</p>}
        {spacings.some(({ isAtDetector }) => isAtDetector) && <p>{text('annotations.at-detector')}</p>}
        {/* docs/ohif.md: a wrong length would be believed. */}
        {spacings.some(({ rows, columns }) => rows !== columns) && <p>{text('report.oblong')}</p>}
        <FormEnd
          failure={failure ?? (error ? explain(error) : undefined)}
          action={text('report.save')}
          isBusy={isBusy || !images}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
