import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';
import type { ExamImage } from '../api/types.ts';
import type { Frame } from '../dicom-viewer/frame.ts';
import { text } from '../messages/text.ts';
import { type Attributes, numberOf, numbersOf, textOf } from './dicom-json.ts';
import { readDataSets, seriesPath, studyPath } from './dicomweb.ts';
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

/** An entry to show: a stored frame, or a registered image that is not stored. */
export type ViewerItem = { kind: 'frame'; frame: Frame } | { kind: 'registered'; image: ExamImage };

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

const toSeries = (study: string, attributes: Attributes): Series => ({
  study,
  series: textOf(attributes, '0020000E'),
  modality: textOf(attributes, '00080060'),
  description: textOf(attributes, '0008103E'),
  count: numberOf(attributes, '00201209') ?? 0,
  isFromPatient: isFromPatient(attributes),
});

/** The entries of a series, sorted. */
export function useViewerItems(series: Series) {
  return useQuery({
    queryKey: ['series', series.study, series.series, series.registered?.map(({ imageID }) => imageID)],
    queryFn: async ({ signal }): Promise<ViewerItem[]> => {
      const instances = await readInstances(series, signal);
      const stored = new Set(instances.map((each) => textOf(each, '00080018')));
      const wanted = series.registered?.map(({ sopInstanceUID }) => sopInstanceUID);
      const missing = series.registered?.filter(({ sopInstanceUID }) => !stored.has(sopInstanceUID)) ?? [];
      return [
        ...instances
          .filter((each) => !wanted || wanted.includes(textOf(each, '00080018')))
          .toSorted(byInstanceNumber)
          .flatMap((each) => framesOf(series, each).map((frame): ViewerItem => ({ kind: 'frame', frame }))),
        ...missing.map((image): ViewerItem => ({ kind: 'registered', image })),
      ];
    },
    // Files never change, but more of them may arrive.
    refetchOnWindowFocus: false,
  });
}

/** An exam without stored files may still have images to show. */
async function readInstances(
  { study, series, registered }: Series,
  signal: AbortSignal,
): Promise<Attributes[]> {
  try {
    return await readDataSets(`${seriesPath(study, series)}/metadata`, signal);
  } catch (error) {
    if (registered && error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** Sorts by instance number; without one, by position along the body. */
function byInstanceNumber(a: Attributes, b: Attributes): number {
  const number = (each: Attributes) => numberOf(each, '00200013');
  const lies = (each: Attributes) => numberOf(each, '00201041') ?? numbersOf(each, '00200032')[2];
  return (number(a) ?? 0) - (number(b) ?? 0) || (lies(a) ?? 0) - (lies(b) ?? 0);
}

function framesOf({ study, series }: Series, attributes: Attributes): Frame[] {
  const instance = textOf(attributes, '00080018');
  const count = numberOf(attributes, '00280008') ?? 1;
  const of = Number.isSafeInteger(count) && count > 0 ? count : 1;
  return Array.from({ length: of }, (_value, index) => ({
    imageId: `dicom-web:${study}/${series}/${instance}/${index + 1}`,
    path: { study, series, instance },
    attributes,
    number: index + 1,
    of,
  }));
}
