import { ExamView } from './exam-view.tsx';
import { useStudy } from './series.ts';
import { UntilLoaded } from './until-loaded.tsx';

/** A study with all its series. */
export function StudyPage({ study }: { study: string }) {
  const list = useStudy(study);
  return (
    <UntilLoaded kind="study" answer={list}>
      <ExamView kind="study" list={list.data ?? []} />
    </UntilLoaded>
  );
}
