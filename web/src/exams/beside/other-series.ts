import { useQuery } from '@tanstack/react-query';
import { dayText, textOf } from '../dicom-json.ts';
import { readDataSets } from '../dicomweb.ts';
import { type Series, toSeries } from '../series.ts';
import { useStudyFacts } from '../study-facts.ts';
import { isAssigned } from '../study-tags.ts';

/** The series of a study, to choose from. */
export interface StudyOfSeries {
  study: string;
  /** Its day and subject; undefined for the study that is open. */
  day: string | undefined;
  description: string;
  list: readonly Series[];
}

/** The most series of a patient that are listed; the standard search answers with as many. */
const MOST = 500;

/**
 * The series that may be shown beside another: those of the same study, and of the other studies of the same patient, the latest
 * first.
 *
 * @param isWanted whether the other studies are looked for
 */
export function useOtherSeries(chosen: Series, list: readonly Series[], isWanted: boolean) {
  const { data: study } = useStudyFacts(chosen.study);
  const patientId = study && isAssigned(study) ? textOf(study, '00100020') : '';
  const { data: others = [], error } = useQuery({
    queryKey: ['studies', patientId, 'series'],
    queryFn: ({ signal }) => readSeriesOf(patientId, signal),
    enabled: isWanted && patientId !== '',
  });
  const own = { study: chosen.study, day: undefined, description: '', list };
  const studies: StudyOfSeries[] = [own, ...others.filter((each) => each.study !== chosen.study)]
    .map((each) => ({ ...each, list: each.list.filter(({ series }) => series !== chosen.series) }))
    .filter((each) => each.list.length > 0);
  return { studies, error };
}

async function readSeriesOf(patientId: string, signal: AbortSignal): Promise<StudyOfSeries[]> {
  const query = `PatientID=${encodeURIComponent(patientId)}&includefield=StudyDescription&limit=${MOST}`;
  const found = await readDataSets(`/dicom-web/series?${query}`, signal);
  // The search also finds the same number of another issuer, which is another person's.
  const byStudy = Map.groupBy(found.filter(isAssigned), (each) => textOf(each, '0020000D'));
  return [...byStudy]
    .map(([study, series]) => ({
      study,
      day: dayText(textOf(series[0] ?? {}, '00080020')),
      description: textOf(series[0] ?? {}, '00081030'),
      list: series.map((each) => toSeries(study, each)),
    }))
    .toSorted((a, b) => b.day.localeCompare(a.day));
}
