import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import type { ExamImage } from '../api/types.ts';
import type { Series } from './series.ts';

/** The images of an exam by series, in the order of registration. */
export function useExam(examId: string) {
  return useQuery({
    queryKey: ['exam', examId],
    queryFn: async (): Promise<Series[]> => {
      const images: ExamImage[] = [];
      let cursor: string | undefined;
      do {
        const page = await bodyOf(
          api.GET('/examens-medicaux/{id}/images', { params: { path: { id: examId }, query: { cursor } } }),
        );
        images.push(...page.images);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      const bySeries = Map.groupBy(images, ({ seriesInstanceUID }) => seriesInstanceUID);
      return [...bySeries.values()].map(toSeries);
    },
  });
}

function toSeries(registered: ExamImage[]): Series {
  const [first] = registered;
  return {
    study: first?.studyInstanceUID ?? '',
    series: first?.seriesInstanceUID ?? '',
    modality: first?.modalite ?? '',
    description: first?.description ?? '',
    count: registered.length,
    isFromPatient: registered.some(({ source }) => source === 'patient'),
    registered,
  };
}
