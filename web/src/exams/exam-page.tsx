import { useExam } from './exam.ts';
import { ExamView } from './exam-view.tsx';
import { UntilLoaded } from './until-loaded.tsx';

/** An exam with its registered images, by series. */
export function ExamPage({ examId }: { examId: string }) {
  const exam = useExam(examId);
  return (
    <UntilLoaded kind="exam" answer={exam}>
      <ExamView kind="exam" list={exam.data ?? []} />
    </UntilLoaded>
  );
}
