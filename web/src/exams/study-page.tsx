import { ExamFacts } from './exam-facts.tsx';
import { ExamView } from './exam-view.tsx';
import { useStudy } from './series.ts';
import { UntilLoaded } from './until-loaded.tsx';

/** A study with all its series. */
export function StudyPage({ study }: { study: string }) {
  const list = useStudy(study);
  return (
    <UntilLoaded
      kind="study"
      answer={list}
      head={
        <ExamFacts
          kind="study"
          series={{ study, description: '', modality: '' }}
          attributes={undefined}
          isLoading
        />
      }
    >
      <ExamView kind="study" list={list.data ?? []} />
    </UntilLoaded>
  );
}
