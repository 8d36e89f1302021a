import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, errorOf } from '../api/api-error.ts';
import { changeCached } from '../api/change-cached.ts';
import { authorizedFetch } from '../api/client.ts';
import type { Annotation } from '../api/types.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';
import { hashOf } from '../parts/hash-of.ts';

/** What is annotated. */
export interface AnnotatedPlace {
  kind: 'image' | 'batch' | 'study';
  /** Its id, or the UID of the study. */
  id: string;
}

/** What a person writes. */
export type Content = Pick<Annotation, 'shape' | 'text' | 'link'>;
/** Where on an image or in a study. */
export type Position = Pick<Annotation, 'page' | 'series' | 'instance' | 'frame'>;

/** Whether an annotation is on a page of an image, or on a frame. Notes are on all pages of an image, those on a study on all frames. */
export const isAt = ({ shape, page, instance, frame }: Annotation, position: Position): boolean =>
  position.instance === undefined
    ? shape === null || page === position.page
    : instance === undefined || (instance === position.instance && frame === position.frame);

const ROOTS = { image: '/api/images', batch: '/api/batches', study: '/api/dicom/studies' };
const pathOf = ({ kind, id }: AnnotatedPlace) => `${ROOTS[kind]}/${id}/annotations`;

const keyOf = ({ kind, id }: AnnotatedPlace) => ['annotations', kind, id];

/** No socket tells of what is annotated in studies. */
const STUDY_POLL_MS = 20_000;

/**
 * The annotations and notes of a place, oldest first.
 *
 * @param isWanted whether there may be something to show
 */
export function useAnnotations(place: AnnotatedPlace, isWanted = true) {
  const poll = useRefetchInterval();
  return useQuery({
    queryKey: keyOf(place),
    queryFn: ({ signal }) => readAnnotations(place, signal),
    enabled: isWanted,
    refetchInterval: place.kind === 'study' ? STUDY_POLL_MS : poll,
  });
}

/** Reads the annotations and notes of a place, oldest first. */
export async function readAnnotations(place: AnnotatedPlace, signal?: AbortSignal): Promise<Annotation[]> {
  const all: Annotation[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const path = `${pathOf(place)}${query}`;
    const page = await send<{ annotations: Annotation[]; next: string | null }>('GET', path, { signal });
    all.push(...page.annotations);
    cursor = page.next;
  }
  return all;
}

/** The versions of an annotation, newest first. */
export const useVersions = (place: AnnotatedPlace, { id, version }: Pick<Annotation, 'id' | 'version'>) =>
  useQuery({
    queryKey: [...keyOf(place), id, version],
    queryFn: async ({ signal }) => readVersions(place, id, signal),
  });

const readVersions = async (place: AnnotatedPlace, id: string, signal?: AbortSignal) =>
  (await send<{ versions: Annotation[] }>('GET', `${pathOf(place)}/${id}/versions`, { signal })).versions;

/** Writes annotations of a place, and puts what was written into the list at once. */
export function useAnnotationWrites(place: AnnotatedPlace) {
  const queries = useQueryClient();
  const change = (work: (list: Annotation[]) => Annotation[]) =>
    changeCached<Annotation[]>(queries, keyOf(place), (list) => list && work(list));
  const put = (written: Annotation) => {
    change((list) =>
      list.some(({ id }) => id === written.id)
        ? list.map((each) => (each.id === written.id && each.version <= written.version ? written : each))
        : [...list, written],
    );
    return written;
  };
  const reread = () => queries.invalidateQueries({ queryKey: keyOf(place), exact: true });
  return {
    /** @param wish the same for each attempt: the same content is then created once */
    create: async (content: Content, position: Position, wish: string): Promise<Annotation> => {
      const body = { ...content, ...position };
      return put(await send('POST', pathOf(place), { body, key: await wishKey(wish, body) }));
    },
    change: async (annotation: Annotation, content: Content): Promise<Annotation> =>
      put(await sendChange(place, annotation, content)),
    remove: async ({ id }: Annotation): Promise<void> => {
      await send('DELETE', `${pathOf(place)}/${id}`);
      change((list) => list.filter((each) => each.id !== id));
    },
    /** The newest version of an annotation, also of a removed one. */
    newest: async ({ id }: Annotation): Promise<Annotation | undefined> => {
      const [newest] = await readVersions(place, id);
      void reread();
      return newest;
    },
  };
}

/** Stores the next version. It may be stored already, if only the answer was lost: then the same request finds its own version. */
async function sendChange(place: AnnotatedPlace, { id, version }: Annotation, content: Content) {
  try {
    return await send<Annotation>('PUT', `${pathOf(place)}/${id}`, { body: { ...content, version } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    const [newest] = await readVersions(place, id).catch(() => []);
    if (newest?.version === version + 1 && isSame(newest, content)) return newest;
    throw error;
  }
}

const isSame = (one: Content, other: Content): boolean => {
  const [a, b] = [one, other].map(({ shape, text, link }) =>
    JSON.stringify([shape?.kind, shape?.points, shape?.millimetres, text, link]),
  );
  return a === b;
};

/** The Idempotency-Key of a request. It depends on the content, because after a failure the person may change that. */
const wishKey = async (wish: string, body: object): Promise<string> =>
  `${wish}-${await hashOf(JSON.stringify(body), 8)}`;

interface Sent {
  body?: object;
  /** An Idempotency-Key. */
  key?: string;
  signal?: AbortSignal | undefined;
}

async function send<T>(method: string, path: string, { body, key, signal }: Sent = {}): Promise<T> {
  const response = await authorizedFetch(path, {
    method,
    signal: signal ?? null,
    ...(body && { body: JSON.stringify(body) }),
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    },
  });
  if (!response.ok) throw await errorOf(response);
  return response.status === 204 ? (undefined as T) : response.json();
}
