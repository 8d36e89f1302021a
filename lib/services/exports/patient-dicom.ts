import type { DicomSearch } from '../../data/dicom/dicom-search.ts';
import type { DicomStore } from '../../data/dicom/dicom-store.ts';
import type { DicomInstance, DicomSeries, DicomStudy } from '../../domain/dicom/dicom-instance.ts';

export interface DicomOfPatient {
  dicomSearch: Pick<DicomSearch, 'studies'>;
  dicomStore: Pick<DicomStore, 'listSeries' | 'allInstances'>;
}

/** A series of a patient's study with its instances. */
export interface SeriesFiles {
  study: DicomStudy;
  series: DicomSeries;
  instances: DicomInstance[];
}

/** Studies read in advance. */
const AT_ONCE = 100;

/** Yields the series of a patient's studies with their instances, without what is deleted. */
export async function* instancesOf(
  patientId: string,
  { dicomSearch, dicomStore }: DicomOfPatient,
): AsyncGenerator<SeriesFiles> {
  const list = { by: 'patient', patientId, alsoUnassigned: false } as const;
  for await (const study of dicomSearch.studies(list, AT_ONCE)) {
    // The index of studies may be outdated.
    if (study.patientId !== patientId) continue;
    for (const series of await dicomStore.listSeries(study.studyUid)) {
      const instances = await Array.fromAsync(dicomStore.allInstances(study.studyUid, series.seriesUid));
      yield { study, series, instances };
    }
  }
}
