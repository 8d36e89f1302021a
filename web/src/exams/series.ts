import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';
import type { ExamImage } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { type Attributes, numberOf, textOf } from './dicom-json.ts';
import { readDataSets, studyPath } from './dicomweb.ts';
import { isFromPatient } from './study-tags.ts';

/** A series in the list. */
export interface Series {
  study: string;
  series: string;
  modality: string;
  description: string;
  /** The number of instances. */
  count: number;
  /** Whether a patient sent any instance of it. */
  isFromPatient: boolean;
  /** In an exam: the registered images. No other images of the series are shown. */
  registered?: readonly ExamImage[];
}

/** The series of a study, sorted. */
export function useStudy(study: string) {
  return useQuery({
    queryKey: ['study', study],
    queryFn: async ({ signal }) => {
      const found = await readDataSets(`${studyPath(study)}/series`, signal);
      if (found.length === 0) throw new ApiError(404, text('exams.no-study'));
      const numberedFirst = (series: Attributes) => numberOf(series, '00200011') ?? Number.POSITIVE_INFINITY;
      return found
        .toSorted((a, b) => numberedFirst(a) - numberedFirst(b))
        .map((each) => toSeries(study, each));
    },
  });
}

/** The series of an answer to a search. */
export const toSeries = (study: string, attributes: Attributes): Series => ({
  study,
  series: textOf(attributes, '0020000E'),
  modality: textOf(attributes, '00080060'),
  description: textOf(attributes, '0008103E'),
  count: numberOf(attributes, '00201209') ?? 0,
  isFromPatient: isFromPatient(attributes),
});
