import { skipToken, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError } from '../api/api-error.ts';
import type { ExamImage } from '../api/types.ts';
import type { Frame } from '../dicom-viewer/frame.ts';
import { type Attributes, numberOf, numbersOf, textOf } from './dicom-json.ts';
import { readDataSets, seriesPath } from './dicomweb.ts';
import type { Series } from './series.ts';

/** An entry to show: a stored frame, or a registered image that is not stored. */
export type ViewerItem = { kind: 'frame'; frame: Frame } | { kind: 'registered'; image: ExamImage };

/** The entries of a series, sorted; undefined until they are loaded. */
export interface ViewerItems {
  data: readonly ViewerItem[] | undefined;
  error: unknown;
}

// Files never change, but more of them may arrive.
const UNCHANGED = { refetchOnWindowFocus: false };

/**
 * The entries of a series, if there is one. The list of instances suffices to begin: the metadata of the whole series are several megabytes, and
 * come later.
 */
export function useViewerItems(series: Series | undefined): ViewerItems {
  const key = ['series', series?.study, series?.series];
  const listed = useQuery({
    ...UNCHANGED,
    queryKey: [...key, 'list'],
    queryFn: series
      ? ({ signal }) => readDataSets(`${seriesPath(series.study, series.series)}/instances`, signal)
      : skipToken,
  });
  const complete = useQuery({
    ...UNCHANGED,
    queryKey: [...key, 'metadata', series?.registered !== undefined],
    queryFn: series ? ({ signal }) => readMetadata(series, signal) : skipToken,
  });
  const data = useMemo(() => {
    if (!series) return undefined;
    if (complete.data) return itemsOf(series, complete.data, true);
    return listed.data && hasOrder(listed.data) ? itemsOf(series, listed.data, false) : undefined;
  }, [series, listed.data, complete.data]);
  return { data, error: complete.error };
}

/** An exam without stored files may still have images to show. */
async function readMetadata(
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

/** The most instances that one search answers with. */
const LONGEST_LIST = 5000;

/** Whether these are all instances, and stay in the same order when their metadata come: each has a number of its own. */
function hasOrder(listed: readonly Attributes[]): boolean {
  const numbers = new Set(listed.map((each) => numberOf(each, '00200013')));
  return (
    listed.length > 0 &&
    listed.length < LONGEST_LIST &&
    numbers.size === listed.length &&
    !numbers.has(undefined)
  );
}

function itemsOf(series: Series, instances: readonly Attributes[], isComplete: boolean): ViewerItem[] {
  const stored = new Set(instances.map((each) => textOf(each, '00080018')));
  const wanted = series.registered && new Set(series.registered.map(({ sopInstanceUID }) => sopInstanceUID));
  const missing = series.registered?.filter(({ sopInstanceUID }) => !stored.has(sopInstanceUID)) ?? [];
  return [
    ...instances
      .filter((each) => !wanted || wanted.has(textOf(each, '00080018')))
      .toSorted(byInstanceNumber)
      .flatMap((each) => framesOf(series, each, isComplete))
      .map((frame): ViewerItem => ({ kind: 'frame', frame })),
    ...missing.map((image): ViewerItem => ({ kind: 'registered', image })),
  ];
}

/** Sorts by instance number; without one, by position along the body. */
function byInstanceNumber(a: Attributes, b: Attributes): number {
  const number = (each: Attributes) => numberOf(each, '00200013');
  const lies = (each: Attributes) => numberOf(each, '00201041') ?? numbersOf(each, '00200032')[2];
  return (number(a) ?? 0) - (number(b) ?? 0) || (lies(a) ?? 0) - (lies(b) ?? 0);
}

function framesOf({ study, series, modality }: Series, attributes: Attributes, isComplete: boolean): Frame[] {
  const instance = textOf(attributes, '00080018');
  const count = numberOf(attributes, '00280008') ?? 1;
  const of = Number.isSafeInteger(count) && count > 0 ? count : 1;
  return Array.from({ length: of }, (_value, index) => ({
    imageId: `dicom-web:${study}/${series}/${instance}/${index + 1}`,
    path: { study, series, instance },
    modality: textOf(attributes, '00080060') || modality,
    attributes,
    isComplete,
    number: index + 1,
    of,
  }));
}
