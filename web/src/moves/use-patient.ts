import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ListedPatient } from '../api/types.ts';

/** What the directory says of a patient: null for a number without an entry. */
export function usePatient(patientId: string | undefined) {
  return useQuery({
    queryKey: ['patient', patientId],
    queryFn: ({ signal }) => readPatient(patientId ?? '', signal),
    enabled: patientId !== undefined,
  });
}

async function readPatient(id: string, signal: AbortSignal): Promise<ListedPatient | null> {
  try {
    return await bodyOf(api.GET('/api/patients/{id}', { params: { path: { id } }, signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** The name of a patient in each of its scripts: `Yamada, Tarou · 山田, 太郎`. */
export function nameOf({ name }: Pick<ListedPatient, 'name'>): string {
  const groups = [name.alphabetic, name.ideographic, name.phonetic].filter((group) => group !== undefined);
  return groups.map((group) => group.split('^').slice(0, 3).filter(Boolean).join(', ')).join(' · ');
}
