import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';

/** Who has the patient number, and whether anything is stored under it. */
export const useIdentity = (patientId: string | undefined) =>
  useQuery({
    queryKey: ['identity', patientId],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/patients/{id}/identity', { params: { path: { id: patientId ?? '' } }, signal })),
    enabled: patientId !== undefined,
    staleTime: 60_000,
  });
