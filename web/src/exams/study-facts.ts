import { useQuery } from '@tanstack/react-query';
import { readDataSets } from './dicomweb.ts';

/** What the search tells of a study, long before the metadata of its files; null if nothing of it is stored. */
export const useStudyFacts = (study: string) =>
  useQuery({
    queryKey: ['study', study, 'facts'],
    queryFn: async ({ signal }) => {
      const path = `/dicom-web/studies?StudyInstanceUID=${study}&includefield=StudyDescription`;
      return (await readDataSets(path, signal))[0] ?? null;
    },
  });
